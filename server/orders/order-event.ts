import type { OrderEvent } from '../event-log/event-log'
import type { EventName } from '../protocol/frames'
import type { Order } from '../protocol/order'

/** The order as JSON on one line: what REST answers, what is stored, and what its event carries. */
export function serializeOrder(order: Order): string {
  return JSON.stringify(order)
}

/** The event of the change that made this version of the order. */
export function orderEvent(order: Order, data: string): OrderEvent {
  return { name: eventName(order), customer: order.buyerId, data, staffOnly: '' }
}

/** Names the fact for the log: one change of one order. */
export function eventSource(order: Order): string {
  return `${order.orderId}@${order.version}`
}

function eventName(order: Order): EventName {
  if (order.status === 'cancelled') return 'cancelled'
  return order.version === 1 ? 'created' : 'updated'
}
