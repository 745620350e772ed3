import type { Order } from './order'

/**
 * The one rule that clients need: the higher version wins. So the order of arrival does not matter,
 * an event seen twice changes nothing, and snapshot + replay = full replay.
 */
export function foldOrder(known: Order | undefined, incoming: Order): Order {
  return known && known.version >= incoming.version ? known : incoming
}

/** Folds `incoming` into `orders` in place. True when it changed what is shown. */
export function foldInto(orders: Map<string, Order>, incoming: Order): boolean {
  const known = orders.get(incoming.orderId)
  const folded = foldOrder(known, incoming)
  if (folded === known) return false
  orders.set(incoming.orderId, folded)
  return true
}
