import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { Amounts } from '../components/amounts'
import { countryNames } from '../storefront/countries'

/** What was ordered, for how much, and where it goes. */
export function OrderDetails(props: { readonly order: Order }): JSX.Element {
  const money = (amount: number) => formatMoney(amount, props.order.currency)
  const countryName = countryNames()
  return (
    <div class="card divide-y divide-line">
      <section aria-label="Items" class="p-5 sm:p-6">
        <ul class="mb-5 flex flex-col gap-3">
          <For each={props.order.items}>
            {(item) => (
              <li class="flex justify-between gap-4">
                <div>
                  <p class="font-medium">{item.name}</p>
                  <p class="text-sm text-ink-soft tabular-nums">
                    {item.quantity} × {money(item.unitPrice)}
                  </p>
                </div>
                <p class="tabular-nums">{money(item.total)}</p>
              </li>
            )}
          </For>
        </ul>
        <Amounts
          subtotal={props.order.subtotal}
          tax={props.order.tax}
          currency={props.order.currency}
        />
      </section>
      <section aria-labelledby="address-title" class="p-5 text-sm sm:p-6">
        <h2 id="address-title" class="mb-1 font-semibold">
          Ships to
        </h2>
        <address class="text-ink-soft not-italic wrap-anywhere">
          {props.order.shippingAddress.name}
          <br />
          {props.order.shippingAddress.line1}
          <br />
          <Show when={props.order.shippingAddress.line2}>
            {props.order.shippingAddress.line2}
            <br />
          </Show>
          {props.order.shippingAddress.postalCode} {props.order.shippingAddress.city}
          <br />
          {countryName(props.order.shippingAddress.country)}
        </address>
      </section>
    </div>
  )
}
