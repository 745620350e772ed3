import { openPostgres, type PostgresDatabase } from '../lib/database.postgres'
import { createLogger } from '../lib/logger'
import type { OrderStore } from '../orders/order-store'
import { openPostgresOrderStore } from '../orders/order-store.postgres'
import type { Projection } from '../orders/projection'
import { openPostgresProjection } from '../orders/projection.postgres'
import { createDayOf } from '../orders/shop'
import {
  addUp,
  minuteOf,
  MINUTES_SHOWN,
  slotOf,
  statsDifference,
  type StatsRow,
} from '../orders/statistics'
import type { Order } from '../protocol/order'
import { freshDatabase } from './database.postgres'
import { NOON } from './foreign-events'

const SHOP = { currency: 'EUR', taxPercent: 19, timeZone: 'Europe/Berlin' }

/** A database of its own with orders that are projected into it, at noon. */
export interface ProjectedOrders extends AsyncDisposable {
  readonly database: PostgresDatabase
  readonly store: OrderStore
  /** Customers see `gift`. */
  open(options?: { readonly by?: string; readonly on?: PostgresDatabase }): Projection
  /** What of the tables contradicts the orders: a sentence each. */
  contradictions(): Promise<readonly string[]>
}

export async function openProjectedOrders(): Promise<ProjectedOrders> {
  const fresh = await freshDatabase()
  const database = await openPostgres(fresh.url, { poolSize: 6, logger: createLogger('silent') })
  const now = () => new Date(NOON)
  return {
    database,
    store: openPostgresOrderStore(database, async () => {}, SHOP, now),
    open({ by, on = database } = {}) {
      const settings = { ...SHOP, customerFields: ['gift'], ...(by !== undefined && { by }) }
      return openPostgresProjection(on, settings, now)
    },
    contradictions: () => contradictionsIn(database.sql),
    async [Symbol.asyncDispose]() {
      await database.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

interface OrderRow {
  readonly body: string
  readonly day: string
  readonly changes: ArrayLike<number> & Iterable<number>
}

async function contradictionsIn(sql: Bun.SQL): Promise<readonly string[]> {
  const rows = await sql<OrderRow[]>`
    SELECT body, day, ARRAY(SELECT version FROM order_changes c WHERE c.order_id = o.order_id
      ORDER BY version) AS changes FROM orders o`
  const orders = rows.map(({ day, body }) => ({ day, order: JSON.parse(body) as Order }))
  const kept = await sql<StatsRow[]>`
    SELECT day, currency, status, slot, count::int, amount::int FROM order_stats
    WHERE count <> 0 OR amount <> 0`
  const minutes = await sql<{ minute: number; slot: number; count: number }[]>`
    SELECT minute::int, slot, count::int FROM order_minutes WHERE count <> 0`
  return [
    ...orders.flatMap((_, at) => historyOf(orders[at]!.order, [...rows[at]!.changes])),
    ...orders.flatMap(dayOf),
    ...difference(
      'stats',
      kept.map((row) => [`${row.day} ${row.currency} ${row.status} ${row.slot}`, row]),
      addUp(orders.flatMap((counted) => statsDifference(null, counted))).map((row) => [
        `${row.day} ${row.currency} ${row.status} ${row.slot}`,
        row,
      ]),
    ),
    ...difference(
      'minute',
      minutes.map(({ minute, slot, count }) => [`${minute} ${slot}`, { count, amount: 0 }]),
      minutesOf(orders.map(({ order }) => order)),
    ),
  ]
}

function historyOf({ orderId, version }: Order, versions: readonly number[]): string[] {
  const expected = Array.from({ length: version }, (_, at) => at + 1).join()
  return versions.join() === expected
    ? []
    : [`${orderId}: history ${versions.join()} of ${version}`]
}

function dayOf({ day, order }: { readonly day: string; readonly order: Order }): string[] {
  const expected = createDayOf(SHOP.timeZone)(new Date(order.createdAt))
  return day === expected ? [] : [`${order.orderId}: day ${day}, made on ${expected}`]
}

interface Sum {
  readonly count: number
  readonly amount: number
}

/** Orders of the last hour before noon, by minute and slot. */
function minutesOf(orders: readonly Order[]): [string, Sum][] {
  const counts = new Map<string, Sum>()
  for (const { orderId, createdAt } of orders) {
    const minute = minuteOf(new Date(createdAt))
    if (minute < minuteOf(new Date(NOON)) - MINUTES_SHOWN) continue
    const key = `${minute} ${slotOf(orderId)}`
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, amount: 0 })
  }
  return [...counts]
}

function difference(
  what: string,
  kept: readonly (readonly [string, Sum])[],
  recounted: readonly (readonly [string, Sum])[],
): string[] {
  const [found, expected] = [kept, recounted].map(
    (sums) => new Map(sums.map(([key, { count, amount }]) => [key, `${count} of ${amount}`])),
  ) as [Map<string, string>, Map<string, string>]
  return [...new Set([...found.keys(), ...expected.keys()])]
    .filter((key) => found.get(key) !== expected.get(key))
    .map((key) => `${what} ${key}: ${found.get(key)}, recounted ${expected.get(key)}`)
}
