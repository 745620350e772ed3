import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Order } from '../../protocol/order'
import { ORDER_STATUSES } from '../../protocol/order-status'
import type { Stats, StatsFigures } from '../../protocol/stats'
import { createDayOf } from '../shop'
import type { Bench, OpenStore } from './fixtures'
import { openBench, pass, placed, tryCancel, tryChange, tryPlace } from './fixtures'
import { draft, SHOP } from './samples'

const MINUTE_MS = 60_000

/** The figures are exact at all times. */
export function statisticsFeatures(bench: () => Bench, open: OpenStore): void {
  describe('the figures', () => {
    test('are all there before the first order', async () => {
      const { store } = bench()
      const none = {
        orders: 0,
        byStatus: { pending: 0, processing: 0, shipped: 0, delivered: 0, cancelled: 0 },
        revenue: [],
      }
      expect(await store.stats()).toEqual({
        at: '2026-03-01T10:00:00.000Z',
        day: '2026-03-01',
        all: none,
        today: none,
        perMinute: Array(60).fill(0),
      })
    })

    test('begin a new day at the shop’s midnight, and keep an order on its day', async () => {
      const under = bench()
      const { store, clock } = under
      clock.at = new Date('2026-03-01T22:59:59.000Z')
      const evening = await placed(store)
      pass(under, 1_000)
      await placed(store)
      await tryCancel(store, evening.orderId)
      const { day, today, all } = await store.stats()
      expect(day).toBe('2026-03-02')
      expect([today.orders, today.byStatus.cancelled]).toEqual([1, 0])
      expect([all.orders, all.byStatus.cancelled]).toEqual([2, 1])
    })

    test('keep an order on its day when the shop moves to another time zone', async () => {
      const { store: before, clock, reopen } = bench()
      clock.at = new Date('2026-03-01T22:30:00.000Z')
      const { orderId } = await placed(before)
      const store = await reopen({ ...SHOP, timeZone: 'Asia/Tokyo' })
      await tryCancel(store, orderId)
      expect(await store.stats()).toMatchObject({ day: '2026-03-02', today: { orders: 0 } })
      const back = await reopen()
      expect(await back.stats()).toMatchObject({
        day: '2026-03-01',
        today: { orders: 1, byStatus: { pending: 0, cancelled: 1 } },
      })
    })

    test('count the orders of the last sixty minutes, each in its own', async () => {
      const under = bench()
      const { store } = under
      await placed(store)
      pass(under, MINUTE_MS)
      const cancelled = await placed(store)
      await tryCancel(store, cancelled.orderId)
      await placed(store)
      expect((await store.stats()).perMinute.slice(-3)).toEqual([0, 1, 2])
      pass(under, 58 * MINUTE_MS)
      expect((await store.stats()).perMinute.slice(0, 3)).toEqual([1, 2, 0])
      pass(under, MINUTE_MS)
      expect((await store.stats()).perMinute.slice(0, 3)).toEqual([2, 0, 0])
      pass(under, MINUTE_MS)
      expect((await store.stats()).perMinute).toEqual(Array(60).fill(0))
    })

    test('are what a recount finds, after any commands at any times', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 40 }), async (wanted) => {
          const under = await openBench(open)
          try {
            const ids: string[] = []
            for (const step of wanted) await take(step, under, ids)
            expect(await under.store.stats()).toEqual(await recount(under))
          } finally {
            await under.cleanup()
          }
        }),
        { numRuns: 40 },
      )
    })
  })
}

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'place'; readonly cups: number; readonly key: string | undefined }
  | { readonly kind: 'change'; readonly which: number; readonly to: Order['status'] }
  | { readonly kind: 'fail'; readonly cups: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.oneof(fc.nat({ max: 3 * MINUTE_MS }), fc.nat({ max: 20 * 60 * MINUTE_MS })),
  }),
  fc.record({
    kind: fc.constant('place' as const),
    // 100 cups are refused.
    cups: fc.integer({ min: 1, max: 100 }),
    key: fc.option(fc.constantFrom('k', 'l'), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    which: fc.nat(),
    to: fc.constantFrom(...ORDER_STATUSES),
  }),
  fc.record({ kind: fc.constant('fail' as const), cups: fc.integer({ min: 1, max: 9 }) }),
)

async function take(step: Step, under: Bench, ids: string[]): Promise<void> {
  const { store, fault } = under
  switch (step.kind) {
    case 'wait':
      return pass(under, step.ms)
    case 'place': {
      const placing = await tryPlace(store, draft({ cup: step.cups }), undefined, step.key)
      if (placing.outcome === 'accepted') ids.push(placing.order.orderId)
      return
    }
    case 'change':
      await tryChange(store, ids[step.which % Math.max(1, ids.length)] ?? 'nowhere', step.to)
      return
    case 'fail': {
      fault.error = new Error('the log is full')
      await tryPlace(store, draft({ cup: step.cups })).catch((error: unknown) => {
        expect(error).toBe(fault.error)
      })
      fault.error = null
    }
  }
}

/** The figures as they follow from the orders, at the moment of the clock. */
export async function recount({ store, clock }: Pick<Bench, 'store' | 'clock'>): Promise<Stats> {
  const dayOf = createDayOf(SHOP.timeZone)
  const orders: Order[] = []
  let next: string | undefined
  do {
    const page = await store.all({ limit: 7, ...(next && { next }) })
    orders.push(...page.items)
    next = page.next ?? undefined
  } while (next !== undefined)
  const day = dayOf(clock.at)
  const running = Math.floor(clock.at.getTime() / MINUTE_MS)
  return {
    at: clock.at.toISOString(),
    day,
    all: count(orders),
    today: count(orders.filter((order) => dayOf(new Date(order.createdAt)) === day)),
    perMinute: Array.from(
      { length: 60 },
      (_, index) =>
        orders.filter(
          ({ createdAt }) => Math.floor(Date.parse(createdAt) / MINUTE_MS) === running - 59 + index,
        ).length,
    ),
  }
}

function count(orders: readonly Order[]): StatsFigures {
  const amounts = orders.filter(({ status }) => status !== 'cancelled').map(({ total }) => total)
  return {
    orders: orders.length,
    byStatus: Object.fromEntries(
      ORDER_STATUSES.map((one) => [one, orders.filter(({ status }) => status === one).length]),
    ) as StatsFigures['byStatus'],
    revenue:
      amounts.length === 0
        ? []
        : [{ currency: 'EUR', amount: amounts.reduce((sum, amount) => sum + amount) }],
  }
}
