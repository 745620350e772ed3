import type { OrderEvent } from '../event-log/event-log'
import type { PostgresDatabase } from '../lib/database.postgres'
import type { Order } from '../protocol/order'
import type { Stats } from '../protocol/stats'
import { KEY_KEPT_MS } from './idempotency'
import type { IdempotencyKey } from './idempotency'
import { orderEvent } from './order-event'
import { listOfAll, listOfBuyer } from './order-lists.postgres'
import { lockOrder, readChanges, readOrder, wholeOrderOf } from './order-rows.postgres'
import type { OrderRow } from './order-rows.postgres'
import {
  claimKey,
  insertFirstProducts,
  insertProduct,
  keepKey,
  lockProduct,
  readActiveProducts,
  readAllProducts,
  readKey,
  readMinutes,
  readProducts,
  readStats,
  sweep,
  updateProduct,
} from './order-statements.postgres'
import type { KeptAnswer } from './order-statements.postgres'
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
import { writeOrder } from './order-writes.postgres'
import type { Product } from './product'
import type { ProductDecision } from './product-rules'
import type { Decision } from './rules'
import { createDayOf } from './shop'
import type { DayOf, ShopSettings } from './shop'
import { ALL_DAYS, figuresOf, minuteOf, MINUTES_SHOWN, perMinute } from './statistics'

/** Passes an event on inside the running transaction. */
type AppendEvent = (tx: Bun.TransactionSQL, event: OrderEvent, order: Order) => Promise<void>

/** Each time that so many orders were placed here, outdated rows are deleted. */
const SWEEP_EVERY = 64

/** The orders of the distributed engine, shared by all its nodes. */
export function openPostgresOrderStore(
  database: PostgresDatabase,
  append: AppendEvent,
  shop: ShopSettings,
  now: () => Date = () => new Date(),
): OrderStore {
  return new PostgresOrderStore(database, append, createDayOf(shop.timeZone), now)
}

class PostgresOrderStore implements OrderStore {
  /** Keys that this node is at: the database tells only of those whose transaction has begun. */
  readonly #inFlight = new Set<string>()
  #placed = 0

  constructor(
    private readonly database: PostgresDatabase,
    private readonly append: AppendEvent,
    private readonly dayOf: DayOf,
    private readonly now: () => Date,
  ) {}

  async place(command: PlaceCommand): Promise<PlaceOutcome> {
    const { idempotency } = command
    if (!idempotency) return this.#place(command)
    const claim = JSON.stringify([idempotency.subject, idempotency.key])
    if (this.#inFlight.has(claim)) return { outcome: 'in_flight' }
    this.#inFlight.add(claim)
    try {
      return await this.#place(command)
    } finally {
      this.#inFlight.delete(claim)
    }
  }

  change({ orderId, decide }: ChangeCommand): Promise<Decision> {
    return this.database.transact(async (tx) => {
      const row = await lockOrder(tx, orderId)
      const decision = decide(row && wholeOrderOf(row), this.now())
      if (decision.outcome === 'accepted') await this.#write(tx, decision, row)
      return decision
    })
  }

  find(orderId: string): Promise<OrderWithHistory | null> {
    return this.database.query(async (sql) => {
      const row = await readOrder(sql, orderId)
      if (!row) return null
      const order = wholeOrderOf(row)
      const changes = await readChanges(sql, orderId)
      // One that was made between the two reads belongs to a later version.
      return { order, history: changes.filter(({ version }) => version <= order.version) }
    })
  }

  ofBuyer(buyerId: string, query: PageQuery): Promise<OrderPage> {
    return this.database.query((sql) => listOfBuyer(sql, buyerId, query))
  }

  all(query: AdminQuery): Promise<OrderPage> {
    return this.database.query((sql) => listOfAll(sql, query))
  }

  async stats(): Promise<Stats> {
    const at = this.now()
    const day = this.dayOf(at)
    const [rows, counts] = await this.database.query((sql) =>
      Promise.all([readStats(sql, day), readMinutes(sql, minuteOf(at) - MINUTES_SHOWN + 1)]),
    )
    return {
      at: at.toISOString(),
      day,
      all: figuresOf(rows.filter((row) => row.day === ALL_DAYS)),
      today: figuresOf(rows.filter((row) => row.day === day)),
      perMinute: perMinute(new Map(counts.map(({ minute, count }) => [minute, count])), at),
    }
  }

  products(): Promise<readonly Product[]> {
    return this.database.query(async (sql) => [...(await readActiveProducts(sql))])
  }

  allProducts(): Promise<readonly Product[]> {
    return this.database.query(async (sql) => [...(await readAllProducts(sql))])
  }

  changeProduct({ productId, decide }: ProductCommand): Promise<ProductDecision> {
    return this.database.transact(async (tx) => {
      while (true) {
        const known = await lockProduct(tx, productId)
        const decision = decide(known)
        if (decision.outcome !== 'accepted') return decision
        // One that another node has added meanwhile is decided on anew.
        const write = known ? updateProduct : insertProduct
        if (await write(tx, decision.product)) return decision
      }
    })
  }

  seedProducts(products: readonly Product[]): Promise<boolean> {
    return this.database.transact((tx) => insertFirstProducts(tx, products))
  }

  #place(command: PlaceCommand): Promise<PlaceOutcome> {
    const { productIds, idempotency, decide } = command
    return this.database.transact(async (tx) => {
      const at = this.now()
      // Sent at once and carried out one after the other.
      const [before, products] = await Promise.all([
        idempotency ? this.#outcomeBefore(tx, idempotency, at) : null,
        readProducts(tx, productIds),
      ])
      if (before) return before
      const decision = decide({ products, orderId: Bun.randomUUIDv7('hex', at), at })
      if (decision.outcome !== 'accepted') return decision
      await this.#write(tx, decision, null, (answer) =>
        idempotency ? keepKey(tx, idempotency, answer, at.getTime()) : null,
      )
      if (++this.#placed % SWEEP_EVERY === 0) await this.#sweep(tx, at)
      return decision
    })
  }

  /** What became of the key already; null where it is free, and this transaction's from now on. */
  async #outcomeBefore(
    tx: Bun.TransactionSQL,
    key: IdempotencyKey,
    at: Date,
  ): Promise<PlaceOutcome | null> {
    const [claimed, kept] = await Promise.all([
      claimKey(tx, key),
      readKey(tx, key, at.getTime() - KEY_KEPT_MS),
    ])
    if (kept) return answerOf(kept, key)
    return claimed ? null : { outcome: 'in_flight' }
  }

  /** Everything that changes together with an order, and the event of it. */
  async #write(
    tx: Bun.TransactionSQL,
    { order, by }: { readonly order: Order; readonly by: string },
    before: OrderRow | null,
    keep: (answer: string) => Promise<void> | null = () => null,
  ): Promise<void> {
    const also = (body: string) =>
      Promise.all([keep(body), this.append(tx, orderEvent(order, body), order)])
    await writeOrder(tx, { order, before, by, dayOf: this.dayOf, also })
  }

  #sweep(tx: Bun.TransactionSQL, at: Date): Promise<void> {
    return sweep(tx, {
      keptBefore: at.getTime() - KEY_KEPT_MS,
      minutesBefore: minuteOf(at) - MINUTES_SHOWN,
    })
  }
}

function answerOf({ requestHash, answer }: KeptAnswer, key: IdempotencyKey): PlaceOutcome {
  return requestHash === key.requestHash
    ? { outcome: 'replayed', order: JSON.parse(answer) as Order }
    : { outcome: 'key_reused' }
}
