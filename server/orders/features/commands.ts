import { describe, expect, test } from 'bun:test'
import type { Bench } from './fixtures'
import { pass, placed, tryCancel, tryChange, tryPlace } from './fixtures'
import { accepted, BOB, draft, refusal } from './samples'

const NOTHING = { orders: 0, revenue: [] }

/** Placing and changing: all of it or nothing. */
export function commandFeatures(bench: () => Bench): void {
  describe('placing', () => {
    test('stores the order, its history and its event together', async () => {
      const { store, events } = bench()
      const order = await placed(store, draft({ cup: 2 }))
      expect(order.orderId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
      expect(await store.find(order.orderId)).toEqual({
        order,
        history: [{ version: 1, status: 'pending', at: order.createdAt, by: 'alice' }],
      })
      expect(await events()).toEqual([
        { name: 'created', customer: 'alice', data: JSON.stringify(order) },
      ])
    })

    test('writes nothing where it is refused', async () => {
      const { store, events } = bench()
      const outcome = await tryPlace(store, draft({ gold: 1 }))
      expect(outcome).toMatchObject({ outcome: 'refused', refusal: { code: 'unknown_product' } })
      expect((await store.all({ limit: 1 })).items).toEqual([])
      expect(await store.stats()).toMatchObject({ all: NOTHING, today: NOTHING })
      expect(await events()).toEqual([])
    })

    test('gives every order an id of its own', async () => {
      const { store } = bench()
      const orders = await Promise.all(Array.from({ length: 100 }, () => placed(store)))
      expect(new Set(orders.map((order) => order.orderId)).size).toBe(100)
    })
  })

  describe('an event that cannot be logged', () => {
    test('takes the order back, its figures, its words and its key', async () => {
      const { store, events, fault } = bench()
      fault.error = new Error('the log is full')
      const attempt = tryPlace(store, draft({ cup: 1 }), BOB, 'k')
      expect(await rejectionOf(attempt)).toBe(fault.error)
      expect((await store.all({ limit: 1 })).items).toEqual([])
      expect((await store.all({ limit: 1, search: 'miller' })).items).toEqual([])
      const stats = await store.stats()
      expect(stats).toMatchObject({ all: NOTHING, today: NOTHING })
      expect(stats.perMinute.every((count) => count === 0)).toBe(true)

      fault.error = null
      expect((await tryPlace(store, draft({ cup: 1 }), BOB, 'k')).outcome).toBe('accepted')
      expect(await events()).toHaveLength(1)
    })

    test('takes a change back', async () => {
      const { store, fault } = bench()
      const order = await placed(store)
      const before = [await store.find(order.orderId), await store.stats()]
      fault.error = new Error('the log is full')
      expect(await rejectionOf(tryCancel(store, order.orderId))).toBe(fault.error)
      expect([await store.find(order.orderId), await store.stats()]).toEqual(before)
    })

    test('harms no command beside it', async () => {
      const { store, fault, events } = bench()
      const first = await placed(store)
      fault.error = new Error('the log is full')
      const failing = tryPlace(store)
      const refused = tryChange(store, first.orderId, 'delivered')
      expect(await rejectionOf(failing)).toBe(fault.error)
      expect(refusal(await refused).code).toBe('illegal_transition')
      expect(await events()).toHaveLength(1)
    })
  })

  describe('changing', () => {
    test('stores the next version, a line of history and its event together', async () => {
      const { store, events, ...rest } = bench()
      const first = await placed(store)
      pass(rest as Bench, 60_000)
      const second = accepted(await tryChange(store, first.orderId, 'processing'))
      pass(rest as Bench, 60_000)
      const third = accepted(await tryCancel(store, first.orderId, 'Ordered twice'))
      expect([first.version, second.version, third.version]).toEqual([1, 2, 3])
      expect(await store.find(first.orderId)).toEqual({
        order: third,
        history: [
          { version: 1, status: 'pending', at: '2026-03-01T10:00:00.000Z', by: 'alice' },
          { version: 2, status: 'processing', at: '2026-03-01T10:01:00.000Z', by: 'sam' },
          {
            version: 3,
            status: 'cancelled',
            at: '2026-03-01T10:02:00.000Z',
            by: 'alice',
            reason: 'Ordered twice',
          },
        ],
      })
      expect(await events()).toEqual([
        { name: 'created', customer: 'alice', data: JSON.stringify(first) },
        { name: 'updated', customer: 'alice', data: JSON.stringify(second) },
        { name: 'cancelled', customer: 'alice', data: JSON.stringify(third) },
      ])
    })

    test('that is refused, or changes nothing, writes nothing', async () => {
      const { store, events } = bench()
      const { orderId } = await placed(store)
      const cancelled = accepted(await tryCancel(store, orderId))
      const before = [await store.find(orderId), await store.stats(), await events()]
      expect(await tryCancel(store, orderId, 'again')).toEqual({
        outcome: 'unchanged',
        order: cancelled,
      })
      expect(refusal(await tryChange(store, orderId, 'processing')).code).toBe('illegal_transition')
      expect([await store.find(orderId), await store.stats(), await events()]).toEqual(before)
    })

    test('lets one of many win that saw the same version', async () => {
      const { store, events } = bench()
      const { orderId } = await placed(store)
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => tryChange(store, orderId, 'processing', 1)),
      )
      const won = outcomes.filter(({ outcome }) => outcome === 'accepted')
      const lost = outcomes.filter(({ outcome }) => outcome === 'refused').map(refusal)
      expect(won).toHaveLength(1)
      expect(lost.map(({ code }) => code)).toEqual(Array(19).fill('precondition_failed'))
      expect(await events()).toHaveLength(2)
    })

    test('tells the rules where there is no such order', async () => {
      const { store } = bench()
      expect(refusal(await tryChange(store, 'nowhere', 'shipped')).code).toBe('order_not_found')
      expect(await store.find('nowhere')).toBeNull()
    })
  })
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}
