import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import { Amounts } from '../components/amounts'
import { CartIcon } from '../components/icons'
import { useCart, useCatalogue } from '../stores/app'
import type { Estimate } from '../stores/catalogue'
import { QuantityStepper } from './quantity'

/** What is in the cart, and what it will cost. */
export function CartPanel(props: { readonly estimate: Estimate }): JSX.Element {
  const catalogue = useCatalogue()
  return (
    <section id="cart" aria-labelledby="cart-title" class="card scroll-mt-32 p-5">
      <h2 id="cart-title" class="text-lg font-semibold">
        Your cart
      </h2>
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
          Check out
        </A>
      </Show>
    </section>
  )
}

function EmptyCart(): JSX.Element {
  return (
    <div class="flex flex-col items-center gap-2 py-8 text-center text-sm text-ink-soft">
      <span class="rounded-full bg-sunken p-3 text-ink-faint">
        <CartIcon />
      </span>
      Nothing in it yet.
    </div>
  )
}

function CartLines(props: { readonly estimate: Estimate }): JSX.Element {
  const cart = useCart()
  // By product, not by line: a line is a new object whenever its quantity changes.
  const products = () => props.estimate.lines.map((line) => line.product)
  return (
    <ul class="mt-3 divide-y divide-line">
      <For each={products()}>
        {(product) => {
          const quantity = () =>
            cart.lines().find((line) => line.productId === product.id)?.quantity ?? 0
          return (
            <li class="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
              <div class="min-w-0 flex-1 basis-32">
                <p class="text-sm font-medium">{product.name}</p>
                <p class="text-sm text-ink-soft tabular-nums">
                  {formatMoney(product.price * quantity(), product.currency)}
                </p>
              </div>
              <QuantityStepper
                name={product.name}
                quantity={quantity()}
                onChange={(next) => cart.setQuantity(product.id, next)}
              />
            </li>
          )
        }}
      </For>
    </ul>
  )
}
