import { expect } from 'bun:test'
import type { EventName } from '../../protocol/frames'
import type { Order } from '../../protocol/order'
import type { OrderStatus } from '../../protocol/order-status'
import type { IdempotencyKey } from '../idempotency'
import { hashDraft } from '../idempotency'
import type { AdminQuery, OrderPage, OrderStore, PageQuery, PlaceOutcome } from '../order-store'
import { cancel, changeStatus, place } from '../rules'
import type { Customer, Decision, Draft } from '../rules'
import type { ShopSettings } from '../shop'
import { accepted, ALICE, draft, PRODUCTS, SHOP } from './samples'

/** What a store put into the log (or will, by way of an outbox). */
export interface StoredEvent {
  readonly name: EventName
  readonly customer: string | null
  readonly data: string
}

/** An empty store to try things on, and what only its implementation can do to it. */
export interface StoreUnderTest {
  readonly store: OrderStore
  /** All events so far, oldest first. */
  readonly events: () => Promise<readonly StoredEvent[]>
  /** Opens another store on what this one has written, for a shop whose settings may have changed. */
  readonly reopen: (shop?: ShopSettings) => Promise<OrderStore>
  readonly cleanup: () => Promise<void>
}

export interface StoreOptions {
  readonly now: () => Date
  /** Called inside the transaction before an event is written; may throw. */
  readonly beforeEvent: () => void
}

export type OpenStore = (options: StoreOptions) => Promise<StoreUnderTest>

/** A store with products in it, and a clock and a fault that the test holds. */
export interface Bench extends StoreUnderTest {
  readonly clock: { at: Date }
  readonly fault: { error: Error | null }
}

export async function openBench(open: OpenStore): Promise<Bench> {
  const clock = { at: new Date('2026-03-01T10:00:00.000Z') }
  const fault: { error: Error | null } = { error: null }
  const under = await open({
    now: () => clock.at,
    beforeEvent() {
      if (fault.error) throw fault.error
    },
  })
  await under.store.seedProducts(PRODUCTS)
  return { ...under, clock, fault }
}

export function pass(bench: Bench, ms: number): void {
  bench.clock.at = new Date(bench.clock.at.getTime() + ms)
}

export function keyOf(subject: string, key: string, wanted: Draft): IdempotencyKey {
  return { subject, key, requestHash: hashDraft(wanted) }
}

export function tryPlace(
  store: OrderStore,
  wanted: Draft = draft({ cup: 1 }),
  customer: Customer = ALICE,
  key?: string,
): Promise<PlaceOutcome> {
  return store.place({
    productIds: wanted.items.map((item) => item.productId),
    ...(key !== undefined && { idempotency: keyOf(customer.subject, key, wanted) }),
    decide: (found) => place(wanted, customer, SHOP, found),
  })
}

export async function placed(
  store: OrderStore,
  wanted?: Draft,
  customer?: Customer,
): Promise<Order> {
  return accepted(await tryPlace(store, wanted, customer))
}

/** Changes an order as staff who saw its newest version, or the one given. */
export function tryChange(
  store: OrderStore,
  orderId: string,
  to: OrderStatus,
  version?: number,
): Promise<Decision> {
  const precondition = version === undefined ? ('any' as const) : [version]
  return store.change({
    orderId,
    decide: (order, at) => changeStatus(order, { by: 'sam', to, precondition }, at),
  })
}

export function tryCancel(
  store: OrderStore,
  orderId: string,
  reason?: string,
  customer: Customer = ALICE,
): Promise<Decision> {
  const by = { subject: customer.subject, staff: false }
  return store.change({
    orderId,
    decide: (order, at) => cancel(order, { by, precondition: null, reason }, at),
  })
}

/** The ids of every page, one after the other. */
export async function walk<Query extends PageQuery>(
  page: (query: Query) => Promise<OrderPage>,
  query: Query,
): Promise<string[]> {
  const ids: string[] = []
  let next: string | undefined
  do {
    const { items, next: following } = await page({ ...query, ...(next && { next }) })
    expect(items.length).toBeLessThanOrEqual(query.limit)
    ids.push(...items.map((order) => order.orderId))
    next = following ?? undefined
  } while (next !== undefined)
  return ids
}

export function search(store: OrderStore, query: Omit<AdminQuery, 'limit'>): Promise<string[]> {
  return walk((page: AdminQuery) => store.all(page), { limit: 100, ...query })
}
