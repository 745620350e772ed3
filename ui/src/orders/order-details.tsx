import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { Amounts } from '../components/amounts'
import { countryNames } from '../storefront/countries'
import { texts } from '../texts'
import { FurtherMembers } from './further-members'
import { ItemPicture } from './item-picture'

/** What was ordered, for how much, and where it goes. */
export function OrderDetails(props: { readonly order: Order }): JSX.Element {
  const money = (amount: number) => formatMoney(amount, props.order.currency)
  const countryName = countryNames()
  return (
    <div class="card divide-y divide-line">
      <section aria-label={texts.orders.items} class="p-5 sm:p-6">
        <ul class="mb-5 flex flex-col gap-3">
          <For each={props.order.items}>
            {(item) => (
              <li class="flex items-center gap-3.5">
                <ItemPicture item={item} class="size-14 shrink-0 rounded-lg text-xl" />
                <div class="min-w-0 flex-1 wrap-anywhere">
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
          total={props.order.total}
          currency={props.order.currency}
        />
      </section>
      <section aria-labelledby="address-title" class="p-5 text-sm sm:p-6">
        <h2 id="address-title" class="mb-1 font-semibold">
          {texts.orders.shipsTo}
        </h2>
        <address class="text-ink-soft not-italic wrap-anywhere">
          <Show when={props.order.shippingAddress} fallback={texts.orders.addressUnknown}>
            {(address) => (
              <>
                {address().name}
                <br />
                {address().line1}
                <br />
                <Show when={address().line2}>
                  {address().line2}
                  <br />
                </Show>
                {address().postalCode} {address().city}
                <br />
                {countryName(address().country)}
              </>
            )}
          </Show>
        </address>
      </section>
      <Show when={props.order.extra}>
        {(members) => (
          <FurtherMembers
            id="extra-title"
            title={texts.orders.furtherMembers}
            members={members()}
          />
        )}
      </Show>
      <Show when={props.order.internal}>
        {(members) => (
          <FurtherMembers
            id="internal-title"
            title={texts.orders.internalMembers}
            members={members()}
          />
        )}
      </Show>
    </div>
  )
}
