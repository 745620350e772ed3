import type { JSX } from 'solid-js'
import type { OrderStatus } from '../../../server/protocol/order-status'

const DOTS: Readonly<Record<OrderStatus, string>> = {
  pending: 'bg-pending',
  processing: 'bg-processing',
  shipped: 'bg-shipped',
  delivered: 'bg-delivered',
  cancelled: 'bg-cancelled',
}

/** The colour of a status, where its name stands beside it. */
export function StatusDot(props: { readonly status: OrderStatus }): JSX.Element {
  return (
    <span
      class={`size-2 shrink-0 rounded-full forced-colors:border ${DOTS[props.status]}`}
      aria-hidden="true"
    />
  )
}
