import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Product } from '../api'
import { ProductPicture } from '../storefront/product-picture'
import { texts } from '../texts'

/** A product as staff see it: what it looks like, costs, and whether it is sold. */
export function ProductRow(props: {
  readonly product: Product
  /** False where it is only shown. */
  readonly isEditable: boolean
  readonly isBusy: boolean
  readonly onEdit: () => void
  readonly onToggle: () => void
}): JSX.Element {
  const words = texts.products
  const name = () => props.product.name
  return (
    <li
      data-product={props.product.id}
      class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 max-sm:gap-y-0 max-sm:pb-1.5 sm:flex-nowrap sm:px-5"
    >
      <ProductPicture
        product={props.product}
        class={`size-14 shrink-0 rounded-lg text-xl ${props.product.active ? '' : 'opacity-60 grayscale'}`}
      />
      <div class="min-w-0 flex-1">
        <h2 class="truncate font-medium">{name()}</h2>
        <p class="truncate text-sm text-ink-soft">{props.product.description}</p>
      </div>
      <div class="flex items-center gap-3 max-sm:basis-full max-sm:pl-18 max-[24rem]:gap-2 max-[24rem]:pl-0">
        <p class="text-sm font-medium whitespace-nowrap tabular-nums sm:w-24 sm:text-right">
          {formatMoney(props.product.price, props.product.currency)}
        </p>
        <State isActive={props.product.active} />
        <Show when={props.isEditable}>
          <div class="ml-auto flex">
            <button
              type="button"
              class="btn btn-plain btn-small max-sm:px-2"
              aria-label={words.editProduct(name())}
              onClick={() => props.onEdit()}
            >
              {words.edit}
            </button>
            <button
              type="button"
              class="btn btn-plain btn-small -mr-2 max-sm:px-2 sm:-mr-3 sm:w-18"
              aria-label={
                props.product.active ? words.hideProduct(name()) : words.showProduct(name())
              }
              // Stays focusable while it is at work: whoever pressed it goes on from here.
              aria-disabled={props.isBusy}
              onClick={() => props.onToggle()}
            >
              {props.product.active ? words.hide : words.show}
            </button>
          </div>
        </Show>
      </div>
    </li>
  )
}

function State(props: { readonly isActive: boolean }): JSX.Element {
  return (
    <p class="sm:w-22">
      <span
        class="inline-block rounded-full px-2.5 py-0.5 text-sm font-medium whitespace-nowrap forced-colors:border"
        classList={{
          'bg-delivered-soft text-delivered': props.isActive,
          'bg-sunken text-ink-soft': !props.isActive,
        }}
        data-state={props.isActive ? 'for-sale' : 'hidden'}
      >
        {props.isActive ? texts.products.forSale : texts.products.hidden}
      </span>
    </p>
  )
}
