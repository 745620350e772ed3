import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import { Amounts } from '../components/amounts'
import { CartIcon } from '../components/icons'
import { useCart, useCatalogue } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import { texts } from '../texts'
import { ProductPicture } from './product-picture'
import { QuantityStepper } from './quantity'

/** What is in the cart, and what it will cost. */
export function CartPanel(props: { readonly estimate: Estimate }): JSX.Element {
  const catalogue = useCatalogue()
  const words = texts.storefront.cart
  return (
    <section id="cart" aria-labelledby="cart-title" class="card scroll-mt-32 p-5">
      <h2 id="cart-title" tabindex="-1" class="text-lg font-semibold">
        {words.title}
      </h2>
      <GoneNotice gone={props.estimate.gone} />
      <Show when={props.estimate.lines.length > 0} fallback={<EmptyCart />}>
        <CartLines estimate={props.estimate} />
        <div class="mt-4">
          <Amounts
            subtotal={props.estimate.subtotal}
            tax={props.estimate.tax}
            taxPercent={catalogue.settings()?.taxPercent}
            currency={props.estimate.currency}
          />
        </div>
        <A href="/checkout" class="btn btn-primary mt-5 w-full">
          {words.checkOut}
        </A>
      </Show>
    </section>
  )
}

/** What was put in and is sold no longer: said, and taken out by whoever has read it. */
export function GoneNotice(props: { readonly gone: readonly string[] }): JSX.Element {
  const cart = useCart()
  const takeOut = () => {
    for (const productId of props.gone) cart.setQuantity(productId, 0)
  }
  return (
    <Show when={props.gone.length > 0}>
      <div role="status" class="note my-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <p class="flex-1 basis-40">{texts.storefront.cart.gone(props.gone.length)}</p>
        <button type="button" class="btn btn-quiet btn-small" onClick={takeOut}>
          {texts.storefront.cart.removeGone}
        </button>
      </div>
    </Show>
  )
}

function EmptyCart(): JSX.Element {
  return (
    <div class="flex flex-col items-center gap-2 py-8 text-center text-sm text-ink-soft">
      <span class="rounded-full bg-sunken p-3 text-ink-faint">
        <CartIcon />
      </span>
      {texts.storefront.cart.empty}
    </div>
  )
}

function CartLines(props: { readonly estimate: Estimate }): JSX.Element {
  const cart = useCart()
  // By product, not by line: a line is a new object whenever its quantity changes.
  const products = () => props.estimate.lines.map((line) => line.product)
  let list!: HTMLUListElement

  function setQuantity(productId: string, quantity: number, index: number): void {
    cart.setQuantity(productId, quantity)
    // Once the browser has moved the focus by itself, as the Tab key does.
    if (quantity === 0) setTimeout(() => focusLineIfLost(list, index))
  }

  return (
    <ul ref={(element) => (list = element)} class="mt-3 divide-y divide-line">
      <For each={products()}>
        {(product, index) => {
          const quantity = () =>
            cart.lines().find((line) => line.productId === product.id)?.quantity ?? 0
          return (
            <li class="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
              <ProductPicture product={product} class="size-11 shrink-0 rounded-md text-base" />
              <div class="min-w-0 flex-1 basis-24 wrap-anywhere">
                <p class="text-sm font-medium">{product.name}</p>
                <p class="text-sm text-ink-soft tabular-nums">
                  {formatMoney(product.price * quantity(), product.currency)}
                </p>
              </div>
              <QuantityStepper
                name={product.name}
                quantity={quantity()}
                onChange={(next) => setQuantity(product.id, next, index())}
              />
            </li>
          )
        }}
      </For>
    </ul>
  )
}

/** The line that moved up into the place of one that went, and took the focus along; else the cart. */
function focusLineIfLost(list: HTMLElement, index: number): void {
  if (document.activeElement !== document.body) return
  const next = list.isConnected ? list.children[index]?.querySelector('button') : null
  const place = next ?? document.getElementById('cart-title')
  place?.focus({ preventScroll: true })
}
