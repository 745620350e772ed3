import type { JSX } from 'solid-js'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { CancelledIcon, DeliveredIcon, PlacedIcon, PreparedIcon, ShippedIcon } from './icons'
import { STATUS_TONES } from './status-badge'

const ICONS: Readonly<Record<OrderStatus, () => JSX.Element>> = {
  pending: PlacedIcon,
  processing: PreparedIcon,
  shipped: ShippedIcon,
  delivered: DeliveredIcon,
  cancelled: CancelledIcon,
}

/** A status as a picture; a word stands beside it. */
export function StatusIcon(props: {
  readonly status: OrderStatus
  readonly class?: string
}): JSX.Element {
  return (
    <span
      class={`grid size-8 shrink-0 place-items-center rounded-full forced-colors:border ${STATUS_TONES[props.status]} ${props.class ?? ''}`}
    >
      {ICONS[props.status]()}
    </span>
  )
}
