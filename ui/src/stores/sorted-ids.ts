import type { Order } from '../../../server/protocol/order'

/** How two orders follow on each other; 0 for an order and itself alone. */
export type Compare = (a: Order, b: Order) => number

/** The index of the first of `ids` of which `isPast` holds, where it holds of all that follow. */
export function firstIndex(
  ids: readonly string[],
  isPast: (orderId: string) => boolean,
  start = 0,
): number {
  let from = start
  let to = ids.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (isPast(ids[middle]!)) to = middle
    else from = middle + 1
  }
  return from
}

/** `ids`, which are sorted, and `added` as one sorted list. Looks at few of them, however many there are. */
export function insertIds(
  ids: readonly string[],
  added: readonly Order[],
  compare: Compare,
  get: (orderId: string) => Order,
): readonly string[] {
  if (added.length === 0) return ids
  const parts: (readonly string[])[] = []
  let from = 0
  for (const order of added.toSorted(compare)) {
    const place = firstIndex(ids, (id) => compare(get(id), order) > 0, from)
    parts.push(ids.slice(from, place), [order.orderId])
    from = place
  }
  return parts.flat().concat(ids.slice(from))
}

export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]))
}
