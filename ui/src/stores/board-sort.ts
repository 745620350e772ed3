import type { Order } from '../../../server/protocol/order'
import { ORDER_STATUSES } from '../../../server/protocol/order-status'
import { newestFirst } from './known-orders'
import { plainText } from './search'

export const SORT_KEYS = ['placed', 'customer', 'total', 'status'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

/** As the server lists them: the only order in which pages follow on each other. */
export const NEWEST_FIRST: Sort = { key: 'placed', descending: true }

/** In any other order only what is loaded can be sorted. */
export function isServerOrder({ key, descending }: Sort): boolean {
  return key === 'placed' && descending
}

export function isSameSort(a: Sort, b: Sort): boolean {
  return a.key === b.key && a.descending === b.descending
}

/** What a first click on a column asks for: the end of it at which people look first. */
export function firstSort(key: SortKey): Sort {
  return { key, descending: key === 'placed' || key === 'total' }
}

/** Who gets it, or as much as is known of who ordered it; null for a guest. */
export function customerOf({ shippingAddress, buyerEmail, buyerId }: Order): string | null {
  return shippingAddress?.name ?? buyerEmail ?? buyerId
}

/**
 * Sorts ids. Starts from what was sorted `before`, so that a list of which little changed costs one
 * walk through it.
 */
export function sortIds(
  ids: readonly string[],
  before: readonly string[],
  get: (orderId: string) => Order,
  sort: Sort,
): readonly string[] {
  const left = new Set(ids)
  const known = before.filter((id) => left.delete(id))
  const compare = comparison(sort)
  return [...known, ...left].sort((a, b) => compare(get(a), get(b)))
}

/** Equals follow newest first, whichever way the rest is sorted. */
export function comparison({ key, descending }: Sort): (a: Order, b: Order) => number {
  if (key === 'placed' && descending) return newestFirst
  const compare = COMPARE[key]
  const sign = descending ? -1 : 1
  return (a, b) => sign * compare(a, b) || newestFirst(a, b)
}

const COMPARE: Readonly<Record<SortKey, (a: Order, b: Order) => number>> = {
  placed: (a, b) => newestFirst(b, a),
  customer: (a, b) => compareText(nameKey(a), nameKey(b)),
  // Amounts of two currencies cannot be compared: each currency is sorted by itself.
  total: (a, b) => compareText(b.currency, a.currency) || a.total - b.total,
  status: (a, b) => ORDER_STATUSES.indexOf(a.status) - ORDER_STATUSES.indexOf(b.status),
}

/** Each version of an order is an object of its own. */
const nameKeys = new WeakMap<Order, string>()

function nameKey(order: Order): string {
  const known = nameKeys.get(order)
  if (known !== undefined) return known
  const key = plainText(customerOf(order) ?? '')
  nameKeys.set(order, key)
  return key
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
