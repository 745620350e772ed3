import type { JSX } from 'solid-js'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { texts } from '../texts'

/** What people read for a status. */
export const STATUS_LABELS = texts.common.statuses

export const STATUS_TONES: Readonly<Record<OrderStatus, string>> = {
  pending: 'bg-pending-soft text-pending',
  processing: 'bg-processing-soft text-processing',
  shipped: 'bg-shipped-soft text-shipped',
  delivered: 'bg-delivered-soft text-delivered',
  cancelled: 'bg-cancelled-soft text-cancelled',
}

export function StatusBadge(props: { readonly status: OrderStatus }): JSX.Element {
  return (
    <span
      class={`inline-flex items-center gap-1.5 rounded-full py-0.5 pr-2.5 pl-2 text-sm font-medium whitespace-nowrap forced-colors:border ${STATUS_TONES[props.status]}`}
      data-status={props.status}
    >
      <span
        class="size-1.5 rounded-full bg-current forced-colors:bg-[CanvasText]"
        aria-hidden="true"
      />
      {STATUS_LABELS[props.status]}
    </span>
  )
}
