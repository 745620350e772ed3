import type { JSX } from 'solid-js'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { texts } from '../texts'
import { BADGE, BadgeDot } from './badge'

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
    <span class={`${BADGE} ${STATUS_TONES[props.status]}`} data-status={props.status}>
      <BadgeDot />
      {STATUS_LABELS[props.status]}
    </span>
  )
}
