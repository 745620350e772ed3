import { AppError } from '../errors'
import type { OrderEvent } from '../event-log/event-log'
import type { Database } from '../lib/database.sqlite'
import type { Order } from '../protocol/order'
import { KEY_KEPT_MS } from './idempotency'
import type { IdempotencyKey } from './idempotency'
import { eventSource, orderEvent, serializeOrder } from './order-event'
import type { AdminQuery, OrderPage, OrderStore, PageQuery, PlaceOutcome } from './order-store'
import { prepareStatements } from './order-statements.sqlite'
import type { OrderRow, Statements } from './order-statements.sqlite'
import type { Decision } from './rules'
import { searchText, searchWords } from './search'
import { createDayOf } from './shop'
import type { ShopSettings } from './shop'
import { ALL_DAYS, figuresOf, minuteOf, MINUTES_SHOWN, perMinute } from './statistics'
import { statsDifference } from './statistics'

/** Each time that so many orders were placed, at most `SWEEP_ROWS` outdated rows are deleted. */
const SWEEP_EVERY = 64
const SWEEP_ROWS = 256

/**
 * The orders of the embedded engine, beside the log in its one file.
 * @param append logs an event inside the running transaction; `source` names the fact
 * @param now the clock
 */
export function openSqliteOrderStore(
  database: Database,
  append: (event: OrderEvent, source: string) => void,
  shop: ShopSettings,
  now: () => Date = () => new Date(),
): OrderStore {
  const statements = prepareStatements(database.sqlite)
  const dayOf = createDayOf(shop.timeZone)
  const inFlight = new Set<string>()
  let placed = 0

  function write(decision: Decision, before: OrderRow | null): Decision {
    if (decision.outcome !== 'accepted') return decision
    const { order, by } = decision
    const body = serializeOrder(order)
    const day = before?.day ?? dayOf(new Date(order.createdAt))
    if (before) statements.updateOrder.run({ orderId: order.orderId, status: order.status, body })
    else insertOrder(statements, order, day, body)
    statements.insertChange.run({
      orderId: order.orderId,
      version: order.version,
      status: order.status,
      at: order.updatedAt,
      by,
      reason: order.reason ?? null,
    })
    const counted = before && { day, order: orderOf(before) }
    for (const row of statsDifference(counted, { day, order })) {
      statements.addToStats.run(row)
    }
    append(orderEvent(order, body), eventSource(order))
    return decision
  }

  function keptAnswer({ subject, key, requestHash }: IdempotencyKey): PlaceOutcome | null {
    const kept = statements.keptKey.get({ subject, key, after: now().getTime() - KEY_KEPT_MS })
    if (!kept) return null
    return kept.requestHash === requestHash
      ? { outcome: 'replayed', order: JSON.parse(kept.answer) as Order }
      : { outcome: 'key_reused' }
  }

  function keep({ subject, key, requestHash }: IdempotencyKey, order: Order, at: Date): void {
    const keptAt = at.getTime()
    statements.keepKey.run({ subject, key, requestHash, answer: serializeOrder(order), keptAt })
  }

  function sweep(at: Date): void {
    const before = at.getTime() - KEY_KEPT_MS
    statements.sweepKeys.run({ before, limit: SWEEP_ROWS })
    statements.sweepMinutes.run({ before: minuteOf(at) - MINUTES_SHOWN, limit: SWEEP_ROWS })
  }

  return {
    async place({ productIds, idempotency, decide }) {
      const claim = idempotency && JSON.stringify([idempotency.subject, idempotency.key])
      if (claim && inFlight.has(claim)) return { outcome: 'in_flight' }
      const answer = idempotency && keptAnswer(idempotency)
      if (answer) return answer
      if (claim) inFlight.add(claim)
      try {
        return await database.transact(() => {
          const at = now()
          const products = statements.productsById(productIds)
          const decision = decide({ products, orderId: Bun.randomUUIDv7('hex', at), at })
          if (decision.outcome !== 'accepted') return decision
          write(decision, null)
          if (idempotency) keep(idempotency, decision.order, at)
          if (++placed % SWEEP_EVERY === 0) sweep(at)
          return decision
        })
      } finally {
        if (claim) inFlight.delete(claim)
      }
    },

    change({ orderId, decide }) {
      return database.transact(() => {
        const row = statements.orderById.get({ orderId })
        return write(decide(row && orderOf(row), now()), row)
      })
    },

    async find(orderId) {
      const row = statements.orderById.get({ orderId })
      return row && { order: orderOf(row), history: statements.changesOf(orderId) }
    },

    async ofBuyer(buyerId, query) {
      const before = positionOf(statements, query, (row) => row.buyerId === buyerId)
      return pageOf(query, statements.ordersOfBuyer.all({ buyerId, ...walk(query, before) }))
    },

    async all(query) {
      const before = positionOf(statements, query, () => true)
      return pageOf(query, findOrders(statements, query, before))
    },

    async stats() {
      const at = now()
      const day = dayOf(at)
      const counts = statements.minutesFrom.all({ first: minuteOf(at) - MINUTES_SHOWN + 1 })
      return {
        at: at.toISOString(),
        day,
        all: figuresOf(statements.statsOfDay.all({ day: ALL_DAYS })),
        today: figuresOf(statements.statsOfDay.all({ day })),
        perMinute: perMinute(new Map(counts.map(({ minute, count }) => [minute, count])), at),
      }
    },

    async products() {
      return statements.activeProducts()
    },

    seedProducts(products) {
      return database.transact(() => {
        if (statements.anyProduct.get()) return false
        for (const product of products) {
          statements.insertProduct.run({ ...product, active: product.active ? 1 : 0 })
        }
        return true
      })
    },
  }
}

function insertOrder(statements: Statements, order: Order, day: string, body: string): void {
  const { orderId, buyerId, status, createdAt } = order
  const inserted = statements.insertOrder.run({ orderId, buyerId, status, day, body })
  statements.insertWords.run({ seq: inserted.lastInsertRowid, words: searchText(order) })
  statements.countMinute.run({ minute: minuteOf(new Date(createdAt)) })
}

function orderOf(row: Pick<OrderRow, 'body'>): Order {
  return JSON.parse(row.body) as Order
}

/** One row more than asked for tells whether there is a next page. */
function walk({ limit }: PageQuery, before: number): { before: number; limit: number } {
  return { before, limit: limit + 1 }
}

function findOrders(statements: Statements, query: AdminQuery, before: number): OrderRow[] {
  const { status, search } = query
  if (search === undefined || search.trim() === '') {
    return status === undefined
      ? statements.orders.all(walk(query, before))
      : statements.ordersInStatus.all({ status, ...walk(query, before) })
  }
  const words = searchWords(search)
  if (words.length === 0) return []
  // Quoted, a word is text to FTS5 whatever it holds; the star lets it begin a word.
  const match = words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ')
  return status === undefined
    ? statements.ordersMatching.all({ match, ...walk(query, before) })
    : statements.ordersMatchingInStatus.all({ match, status, ...walk(query, before) })
}

function pageOf({ limit }: PageQuery, rows: readonly OrderRow[]): OrderPage {
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? shown.at(-1)!.orderId : null
  return { items: shown.map(orderOf), next }
}

/** `next` is the id of the last order shown: nothing in it tells how many orders the shop has. */
function positionOf(
  statements: Statements,
  { next }: PageQuery,
  listed: (row: OrderRow) => boolean,
): number {
  if (next === undefined) return Number.MAX_SAFE_INTEGER
  const row = statements.orderById.get({ orderId: next })
  if (row && listed(row)) return row.seq
  throw new AppError('invalid_next', 400, 'next: expected the next of the page before', {
    extensions: { field: 'next' },
  })
}
