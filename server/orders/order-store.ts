import type { Order, OrderChange } from '../protocol/order'
import type { OrderStatus } from '../protocol/order-status'
import type { Stats } from '../protocol/stats'
import type { IdempotencyKey } from './idempotency'
import type { Product } from './product'
import type { ProductDecision } from './product-rules'
import type { Decision } from './rules'

export interface PlaceCommand {
  /** The products that `decide` gets, as far as they exist. */
  readonly productIds: readonly string[]
  readonly idempotency?: IdempotencyKey
  /** Pure: may run more than once, and its decision is written only if it is the last. */
  decide(found: {
    readonly products: ReadonlyMap<string, Product>
    /** A new UUIDv7. */
    readonly orderId: string
    readonly at: Date
  }): Decision
}

/**
 * `replayed`: the key has placed this order before; it is as it was then. `in_flight`: a request
 * with the key is still being carried out. `key_reused`: the key was used for another request.
 */
export type PlaceOutcome =
  | Decision
  | { readonly outcome: 'replayed'; readonly order: Order }
  | { readonly outcome: 'in_flight' }
  | { readonly outcome: 'key_reused' }

export interface ChangeCommand {
  readonly orderId: string
  /** Pure: as that of `PlaceCommand`. Gets null where there is no such order. */
  decide(order: Order | null, at: Date): Decision
}

export interface ProductCommand {
  readonly productId: string
  /** Pure: as that of `PlaceCommand`. Gets null where there is no such product. */
  decide(product: Product | null): ProductDecision
}

export interface OrderWithHistory {
  readonly order: Order
  /** Oldest first; the first is the placing. */
  readonly history: readonly OrderChange[]
}

export interface PageQuery {
  /** At least 1. */
  readonly limit: number
  /** The `next` of the page before. */
  readonly next?: string
}

export interface AdminQuery extends PageQuery {
  readonly status?: OrderStatus
  /**
   * Each word must begin a word of the order's number, id, customer's name, email or subject, or of
   * a product's name; letter case and accents do not count.
   */
  readonly search?: string
}

export interface OrderPage {
  readonly items: readonly Order[]
  /** Asks for the page after this one; null at the end. Opaque. */
  readonly next: string | null
}

/**
 * The orders of the shop and all that must change together with them. An accepted decision is one
 * transaction: order, history, figures, idempotency key and the event for the log are all durable
 * when the promise resolves, or none of them ever is. A refused or unchanged one writes nothing.
 *
 * Everything rejects with an `AppError` when the store cannot be reached; the pages also with the
 * code `invalid_next` (400) for a `next` that no page of the same list can have answered.
 */
export interface OrderStore {
  place(command: PlaceCommand): Promise<PlaceOutcome>
  /** Decides on, and answers, the order with `internal`: as `find`. */
  change(command: ChangeCommand): Promise<Decision>
  /** With `internal`, for staff: whoever answers a customer takes it out. */
  find(orderId: string): Promise<OrderWithHistory | null>
  /** Newest first, without `internal`. */
  ofBuyer(buyerId: string, query: PageQuery): Promise<OrderPage>
  /** Newest first, with `internal`. */
  all(query: AdminQuery): Promise<OrderPage>
  /** Exact as of the last commit, at the same cost for any number of orders. */
  stats(): Promise<Stats>
  /** Those that can be ordered, as the shop sorted them. */
  products(): Promise<readonly Product[]>
  /** The hidden ones too, as the shop sorted them. */
  allProducts(): Promise<readonly Product[]>
  /**
   * Writes the product of an accepted decision, a new one after all others, and no product but the
   * one that was decided on. Orders stay as they were placed.
   */
  changeProduct(command: ProductCommand): Promise<ProductDecision>
  /** Writes the products where there are none at all. True when it did. */
  seedProducts(products: readonly Product[]): Promise<boolean>
}
