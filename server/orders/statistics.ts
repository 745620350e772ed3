import type { Order } from '../protocol/order'
import { ORDER_STATUSES } from '../protocol/order-status'
import type { OrderStatus } from '../protocol/order-status'
import type { StatsFigures } from '../protocol/stats'

/** The `day` of the figures over all days. */
export const ALL_DAYS = 'all'

/** Figures of one key are kept in this many rows, so that writers seldom meet in one. */
export const SLOTS = 16

/** Minutes that `perMinute` shows, the running one among them. */
export const MINUTES_SHOWN = 60

/** One row of the figures, or what is to be added to it. */
export interface StatsRow {
  /** YYYY-MM-DD, or `ALL_DAYS`. */
  readonly day: string
  readonly currency: string
  readonly status: OrderStatus
  readonly slot: number
  readonly count: number
  /** Sum of the orders' totals, integer of the minor unit. */
  readonly amount: number
}

/** What of an order the figures depend on. */
export interface Counted {
  readonly day: string
  readonly order: Pick<Order, 'orderId' | 'currency' | 'status' | 'total'>
}

/** What to add to the figures where an order's row changes from `before` to `after`. */
export function statsDifference(before: Counted | null, after: Counted): readonly StatsRow[] {
  return before ? [...rowsOf(before, -1), ...rowsOf(after, 1)] : rowsOf(after, 1)
}

/** Adds up the rows of one key and leaves out what comes to nothing; sorted by key. */
export function addUp(rows: readonly StatsRow[]): readonly StatsRow[] {
  const sums = new Map<string, StatsRow>()
  for (const row of rows) {
    const key = [row.day, row.currency, row.status, row.slot].join()
    const { count, amount } = sums.get(key) ?? { count: 0, amount: 0 }
    sums.set(key, { ...row, count: row.count + count, amount: row.amount + amount })
  }
  return [...sums]
    .filter(([, { count, amount }]) => count !== 0 || amount !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}

/** The figures of one day (or of all) from their rows. */
export function figuresOf(rows: Iterable<Omit<StatsRow, 'day' | 'slot'>>): StatsFigures {
  const byStatus = Object.fromEntries(ORDER_STATUSES.map((status) => [status, 0])) as Record<
    OrderStatus,
    number
  >
  const revenue = new Map<string, number>()
  let orders = 0
  for (const { currency, status, count, amount } of rows) {
    orders += count
    byStatus[status] += count
    // A row stays when the last order has left it: that it was there must not show.
    if (status !== 'cancelled' && count > 0) {
      revenue.set(currency, (revenue.get(currency) ?? 0) + amount)
    }
  }
  return {
    orders,
    byStatus,
    revenue: [...revenue]
      .map(([currency, amount]) => ({ currency, amount }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  }
}

/** Minutes since the epoch. */
export function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / 60_000)
}

/** Orders placed in each of the last minutes, oldest first, from the counts that are not zero. */
export function perMinute(counts: ReadonlyMap<number, number>, now: Date): number[] {
  const first = minuteOf(now) - MINUTES_SHOWN + 1
  return Array.from({ length: MINUTES_SHOWN }, (_, index) => counts.get(first + index) ?? 0)
}

function rowsOf({ day, order }: Counted, sign: 1 | -1): StatsRow[] {
  const { currency, status, total } = order
  const row = { currency, status, slot: slotOf(order.orderId), count: sign, amount: sign * total }
  return [
    { day, ...row },
    { day: ALL_DAYS, ...row },
  ]
}

export function slotOf(orderId: string): number {
  return Bun.hash.crc32(orderId) % SLOTS
}
