import type { OrderEvent } from '../event-log/event-log'
import type { EventName } from '../protocol/frames'
import type { Order } from '../protocol/order'

/**
 * The order as JSON on one line: what its customer gets, what is stored, and what its event carries.
 * What is for staff alone is left out.
 */
export function serializeOrder(order: Order): string {
  return JSON.stringify(withoutInternal(order))
}

/** The order as its customer may see it. */
export function withoutInternal(order: Order): Order {
  if (order.internal === undefined) return order
  const { internal: _, ...shown } = order
  return shown
}

/** What staff see beside `serializeOrder`: members as JSON on one line without braces, or `''`. */
export function serializeStaffOnly({ internal }: Order): string {
  return internal === undefined ? '' : `"internal":${JSON.stringify(internal)}`
}

/** The event of the change that made this version of the order; `data` is its `serializeOrder`. */
export function orderEvent(order: Order, data: string): OrderEvent {
  const staffOnly = serializeStaffOnly(order)
  return { name: eventName(order), customer: order.buyerId, data, staffOnly }
}

/** Names the fact for the log: one change of one order. */
export function eventSource(order: Order): string {
  return `${order.orderId}@${order.version}`
}

function eventName(order: Order): EventName {
  if (order.status === 'cancelled') return 'cancelled'
  return order.version === 1 ? 'created' : 'updated'
}
