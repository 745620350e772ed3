import { AppError } from '../errors'
import type { OrderEvent } from '../event-log/event-log'
import type { Database } from '../lib/database.sqlite'
import type { Order } from '../protocol/order'
import type { Stats } from '../protocol/stats'
import { KEY_KEPT_MS } from './idempotency'
import type { IdempotencyKey } from './idempotency'
import { eventSource, orderEvent, serializeOrder } from './order-event'
import type {
  AdminQuery,
  ChangeCommand,
  OrderPage,
  OrderStore,
  OrderWithHistory,
  PageQuery,
  PlaceCommand,
  PlaceOutcome,
  ProductCommand,
} from './order-store'
import { prepareStatements } from './order-statements.sqlite'
import type { OrderRow, Statements } from './order-statements.sqlite'
import type { Product } from './product'
import type { ProductDecision } from './product-rules'
import type { Decision } from './rules'
import { searchText, searchWords } from './search'
import { createDayOf } from './shop'
import type { DayOf, ShopSettings } from './shop'
import {
  ALL_DAYS,
  figuresOf,
  minuteOf,
  MINUTES_SHOWN,
  perMinute,
  statsDifference,
} from './statistics'

/** Logs an event inside the running transaction; `source` names the fact. */
type AppendEvent = (event: OrderEvent, source: string) => void

/** Each time that so many orders were placed, at most `SWEEP_ROWS` outdated rows are deleted. */
const SWEEP_EVERY = 64
const SWEEP_ROWS = 256

/** The orders of the embedded engine, beside the log in its one file. */
export function openSqliteOrderStore(
  database: Database,
  append: AppendEvent,
  shop: ShopSettings,
  now: () => Date = () => new Date(),
): OrderStore {
  return new SqliteOrderStore(database, append, createDayOf(shop.timeZone), now)
}

class SqliteOrderStore implements OrderStore {
  readonly #statements: Statements
  /** Keys whose order waits for its commit. One process owns the file, so memory knows them all. */
  readonly #inFlight = new Set<string>()
  #placed = 0

  constructor(
    private readonly database: Database,
    private readonly append: AppendEvent,
    private readonly dayOf: DayOf,
    private readonly now: () => Date,
  ) {
    this.#statements = prepareStatements(database.sqlite)
  }

  async place(command: PlaceCommand): Promise<PlaceOutcome> {
    const { idempotency } = command
    if (!idempotency) return this.#place(command)
    const claim = JSON.stringify([idempotency.subject, idempotency.key])
    if (this.#inFlight.has(claim)) return { outcome: 'in_flight' }
    const answer = this.#keptAnswer(idempotency)
    if (answer) return answer
    this.#inFlight.add(claim)
    try {
      return await this.#place(command)
    } finally {
      this.#inFlight.delete(claim)
    }
  }

  change({ orderId, decide }: ChangeCommand): Promise<Decision> {
    return this.database.transact(() => {
      const row = this.#statements.orderById.get({ orderId })
      const decision = decide(row && orderOf(row), this.now())
      if (decision.outcome === 'accepted') this.#write(decision.order, decision.by, row)
      return decision
    })
  }

  async find(orderId: string): Promise<OrderWithHistory | null> {
    const row = this.#statements.orderById.get({ orderId })
    return row && { order: orderOf(row), history: this.#statements.changesOf(orderId) }
  }

  async ofBuyer(buyerId: string, query: PageQuery): Promise<OrderPage> {
    const before = this.#positionOf(query, (row) => row.buyerId === buyerId)
    return pageOf(query, this.#statements.ordersOfBuyer.all({ buyerId, ...walk(query, before) }))
  }

  async all(query: AdminQuery): Promise<OrderPage> {
    const before = this.#positionOf(query, () => true)
    return pageOf(query, findOrders(this.#statements, query, before))
  }

  async stats(): Promise<Stats> {
    const at = this.now()
    const day = this.dayOf(at)
    const counts = this.#statements.minutesFrom.all({ first: minuteOf(at) - MINUTES_SHOWN + 1 })
    return {
      at: at.toISOString(),
      day,
      all: figuresOf(this.#statements.statsOfDay.all({ day: ALL_DAYS })),
      today: figuresOf(this.#statements.statsOfDay.all({ day })),
      perMinute: perMinute(new Map(counts.map(({ minute, count }) => [minute, count])), at),
    }
  }

  async products(): Promise<readonly Product[]> {
    return this.#statements.activeProducts()
  }

  async allProducts(): Promise<readonly Product[]> {
    return this.#statements.allProducts()
  }

  changeProduct({ productId, decide }: ProductCommand): Promise<ProductDecision> {
    return this.database.transact(() => {
      const known = this.#statements.productsById([productId]).get(productId) ?? null
      const decision = decide(known)
      if (decision.outcome !== 'accepted') return decision
      if (known) this.#statements.updateProduct(decision.product)
      else this.#statements.insertProduct(decision.product)
      return decision
    })
  }

  seedProducts(products: readonly Product[]): Promise<boolean> {
    return this.database.transact(() => {
      if (this.#statements.anyProduct.get()) return false
      for (const product of products) this.#statements.insertProduct(product)
      return true
    })
  }

  #place({ productIds, idempotency, decide }: PlaceCommand): Promise<Decision> {
    return this.database.transact(() => {
      const at = this.now()
      const products = this.#statements.productsById(productIds)
      const decision = decide({ products, orderId: Bun.randomUUIDv7('hex', at), at })
      if (decision.outcome !== 'accepted') return decision
      const { order, by } = decision
      const answer = this.#write(order, by, null)
      if (idempotency) {
        this.#statements.keepKey.run({ ...idempotency, answer, keptAt: at.getTime() })
      }
      if (++this.#placed % SWEEP_EVERY === 0) this.#sweep(at)
      return decision
    })
  }

  /** Everything that changes together with an order, and the event of it. Answers its JSON. */
  #write(order: Order, by: string, before: OrderRow | null): string {
    const body = serializeOrder(order)
    const { orderId, status, version, updatedAt: at } = order
    const day = before?.day ?? this.dayOf(new Date(order.createdAt))
    if (before) this.#statements.updateOrder.run({ orderId, status, body })
    else insertOrder(this.#statements, order, day, body)
    const reason = order.reason ?? null
    this.#statements.insertChange.run({ orderId, version, status, at, by, reason })
    const counted = before && { day, order: orderOf(before) }
    for (const row of statsDifference(counted, { day, order })) this.#statements.addToStats.run(row)
    this.append(orderEvent(order, body), eventSource(order))
    return body
  }

  #keptAnswer({ subject, key, requestHash }: IdempotencyKey): PlaceOutcome | null {
    const after = this.now().getTime() - KEY_KEPT_MS
    const kept = this.#statements.keptKey.get({ subject, key, after })
    if (!kept) return null
    return kept.requestHash === requestHash
      ? { outcome: 'replayed', order: JSON.parse(kept.answer) as Order }
      : { outcome: 'key_reused' }
  }

  #sweep(at: Date): void {
    const before = at.getTime() - KEY_KEPT_MS
    this.#statements.sweepKeys.run({ before, limit: SWEEP_ROWS })
    this.#statements.sweepMinutes.run({ before: minuteOf(at) - MINUTES_SHOWN, limit: SWEEP_ROWS })
  }

  /** `next` is the id of the last order shown: nothing in it tells how many orders the shop has. */
  #positionOf({ next }: PageQuery, isListed: (row: OrderRow) => boolean): number {
    if (next === undefined) return Number.MAX_SAFE_INTEGER
    const row = this.#statements.orderById.get({ orderId: next })
    if (row && isListed(row)) return row.seq
    throw new AppError('invalid_next', 400, 'next: expected the next of the page before', {
      extensions: { field: 'next' },
    })
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
