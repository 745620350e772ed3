import { allowedTransitions, ORDER_STATUSES } from '../../../server/protocol/order-status'
import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'

/** What of these orders may become which status, in one walk; no status that none may become. */
export function possibleChanges(
  orders: readonly Pick<Order, 'orderId' | 'status'>[],
): ReadonlyMap<OrderStatus, readonly string[]> {
  const found = new Map<OrderStatus, string[]>(ORDER_STATUSES.map((status) => [status, []]))
  for (const { orderId, status } of orders) {
    for (const next of allowedTransitions(status)) found.get(next)!.push(orderId)
  }
  return new Map([...found].filter(([, orderIds]) => orderIds.length > 0))
}
