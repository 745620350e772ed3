import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { batch, createRoot, createSignal, untrack } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { ORDER_STATUSES, type OrderStatus } from '../../../server/protocol/order-status'
import { createBoardList } from './board-list'
import { comparison, SORT_KEYS, type Sort } from './board-sort'
import { createKnownOrders } from './known-orders'

const order = (id: number, version: number) =>
  ({
    orderId: `o${id}`,
    version,
    status: ORDER_STATUSES[(id + version) % ORDER_STATUSES.length],
    currency: 'EUR',
    total: 100 * ((id * version) % 4),
    shippingAddress: { name: `name ${(id * 3) % 5}` },
    createdAt: `2026-01-01T00:00:${String(id % 7).padStart(2, '0')}Z`,
  }) as Order

type Step =
  | {
      readonly kind: 'arrive'
      readonly orders: readonly (readonly [id: number, version: number])[]
    }
  | { readonly kind: 'status'; readonly status: OrderStatus | null }
  | { readonly kind: 'sort'; readonly sort: Sort }
  | { readonly kind: 'floor'; readonly second: number | null }
  | { readonly kind: 'reset' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      orders: fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 5 })), { maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom(null, ...ORDER_STATUSES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('sort' as const),
      sort: fc.record({ key: fc.constantFrom(...SORT_KEYS), descending: fc.boolean() }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('floor' as const),
      second: fc.option(fc.nat(6)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
)

function walk(
  all: readonly Order[],
  reaches: (one: Order) => boolean,
  shows: (one: Order) => boolean,
  sort: Sort,
): readonly string[] {
  return all
    .filter((one) => reaches(one) && shows(one))
    .toSorted(comparison(sort))
    .map(({ orderId }) => orderId)
}

test('is what a walk through all orders would leave, in whatever steps they came', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, together) => {
      createRoot((dispose) => {
        const known = createKnownOrders()
        const [status, setStatus] = createSignal<OrderStatus | null>(null)
        const [sort, setSort] = createSignal<Sort>({ key: 'placed', descending: true })
        const [reach, setReach] = createSignal<(one: Order) => boolean>(() => true)
        const [shows, setShows] = createSignal<(one: Order) => boolean>(() => true)
        const list = createBoardList(
          known,
          { shows, sort, isFiltered: () => status() !== null },
          () => ({ reach }),
        )

        function take(next: Step): void {
          if (next.kind === 'arrive') known.fold(next.orders.map((one) => order(...one)))
          else if (next.kind === 'sort') setSort(next.sort)
          else if (next.kind === 'reset') known.reset([order(3, 1), order(8, 2)])
          else if (next.kind === 'status') {
            setStatus(next.status)
            setShows(() => (one: Order) => next.status === null || one.status === next.status)
          } else {
            const floor = `2026-01-01T00:00:0${next.second}Z`
            setReach(() => (one: Order) => next.second === null || one.createdAt >= floor)
          }
        }
        if (together) {
          batch(() => steps.forEach(take))
          expect(list()).toEqual(walk(known.all(), untrack(reach), untrack(shows), untrack(sort)))
        } else {
          for (const next of steps) {
            take(next)
            expect(list()).toEqual(walk(known.all(), untrack(reach), untrack(shows), untrack(sort)))
          }
        }
        dispose()
      })
    }),
  )
})

test('an update that moves nothing leaves the very list', () => {
  createRoot((dispose) => {
    const all = () => true
    const sort: Sort = { key: 'customer', descending: false }
    const known = createKnownOrders()
    known.fold([order(1, 1), order(2, 1)])
    const view = { shows: () => all, sort: () => sort, isFiltered: () => false }
    const list = createBoardList(known, view, () => ({ reach: () => all }))
    const before = list()
    known.fold([order(1, 2)])
    expect(list()).toBe(before)
    dispose()
  })
})
