import type { JSX } from 'solid-js'
import { createSignal, Show } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { canCancel } from '../../../server/protocol/order-status'
import { StatusBadge } from '../components/status-badge'
import { Time } from '../components/time'
import { useCatalogue, type Live } from '../stores/app'
import { texts } from '../texts'
import { CancelDialog } from './cancel-dialog'

/** Which order it is, also before it is there; then how it stands, and the way to cancel it. */
export function OrderHead(props: {
  readonly orderId: string
  readonly order: Order | undefined
  readonly live: Live
}): JSX.Element {
  const catalogue = useCatalogue()
  /** As whoever asks for it has seen it: what others do from then on is not overwritten. */
  const [cancelling, setCancelling] = createSignal<Order | null>(null)

  async function cancel(reason: string, seen: Order): Promise<void> {
    const isOwn = seen.buyerId === props.live.identity.subject
    const version = isOwn ? undefined : seen.version
    const cancelled = await props.live.orders.cancel(seen.orderId, reason, version)
    props.live.board?.take(cancelled)
  }

  return (
    <>
      <div class="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <OrderHeading orderId={props.orderId} />
        <Show when={props.order}>
          {(order) => (
            <>
              <StatusBadge status={order().status} />
              <Show when={catalogue.takesOrders() && canCancel(order().status)}>
                <button
                  type="button"
                  class="btn btn-danger btn-small ml-auto max-sm:order-last"
                  onClick={() => setCancelling(order())}
                >
                  {texts.orders.cancel}
                </button>
              </Show>
              <p class="text-sm text-ink-soft sm:basis-full">
                {texts.orders.placed} <Time at={order().createdAt} as="when" />
              </p>
            </>
          )}
        </Show>
      </div>
      <Show when={cancelling()} keyed>
        {(seen) => (
          <CancelDialog
            orderId={seen.orderId}
            cancel={(reason) => cancel(reason, seen)}
            onClose={() => setCancelling(null)}
          />
        )}
      </Show>
    </>
  )
}

export function OrderHeading(props: { readonly orderId: string }): JSX.Element {
  return (
    <h1 class="page-title tabular-nums" tabindex="-1">
      {texts.common.orderName(orderNumber(props.orderId))}
    </h1>
  )
}
