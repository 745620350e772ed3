import { expect, test } from 'bun:test'
import { createNormalize } from '../../server/mirror/normalize'
import { foreignRecord, mirrorSettings, TOPICS } from '../../server/mirror/testing/records'
import { foldEvent } from '../../server/orders/fold'
import { orderOf } from '../../server/orders/fold-order'
import type { FoldState } from '../../server/orders/fold-state'
import type { Ended, Told } from './life'
import { createOrderService } from './service'

const NOON = Date.UTC(2026, 0, 1, 12)

function run(seed: number, orders = 60) {
  const service = createOrderService({ seed, orders, users: ['alice', 'bob'], now: () => NOON })
  const sent: Told[] = []
  for (let told = service.next(); told; told = service.next()) sent.push(told)
  return { sent, ended: service.ended(), figures: service.figures }
}

test('the same seed sends the same', () => {
  expect(run(7)).toEqual(run(7))
  expect(run(7).sent).not.toEqual(run(8).sent)
})

test('plays what is hard: every topic, late events, parts, repetitions, guests', () => {
  const { sent, ended, figures } = run(3)
  expect(new Set(sent.map(({ name }) => name)).size).toBe(3)
  expect(figures).toEqual({
    orders: 60,
    sent: sent.length,
    again: sent.length - new Set(sent).size,
  })
  expect(figures.again).toBeGreaterThan(0)
  const firsts = ended.map(({ orderId }) => sent.find((told) => `${told.orderId}` === orderId)!)
  expect(firsts.some(({ name }) => name !== 'created')).toBe(true)
  expect(sent.some(({ value }) => !('status' in value) && !('cancelledAt' in value))).toBe(true)
  expect(ended.some(({ buyerId }) => buyerId === null)).toBe(true)
  expect(JSON.stringify(sent)).not.toContain('version')
})

test.each([1, 2, 3, 4])(
  'what it sends folds to what it says that must come out (seed %d)',
  (seed) => {
    const { sent, ended } = run(seed)
    const normalize = createNormalize(mirrorSettings({ orders: 'off' }))
    const settings = { currency: 'EUR', customerFields: new Set(['giftMessage']) }
    const states = new Map<string, FoldState>()
    for (const [offset, { name, value }] of sent.entries()) {
      const record = foreignRecord(value, { offset })
      const normalized = normalize(TOPICS[name], `${TOPICS[name]}-0`, record)
      if (normalized.kind !== 'foreign') throw new Error(JSON.stringify(normalized))
      const { event } = normalized
      states.set(event.orderId, foldEvent(states.get(event.orderId) ?? null, event, settings).state)
    }
    const found = [...states.values()].map((state): Ended => {
      const { version: _, extra, internal, ...order } = orderOf(state, settings)
      return { ...order, further: { ...extra, ...internal } }
    })
    const byId = (a: Ended, b: Ended) => (a.orderId < b.orderId ? -1 : 1)
    expect(found.sort(byId)).toEqual([...ended].sort(byId))
  },
)

test('stopped, it still sends what it has made, so that every order ends as it says', () => {
  const service = createOrderService({ seed: 5, orders: 0, users: ['alice'], now: () => NOON })
  for (let count = 0; count < 40; count++) expect(service.next()).not.toBeNull()
  service.stop()
  const times: string[] = []
  for (let told = service.next(); told; told = service.next()) {
    times.push(String(told.value.updatedAt ?? told.value.cancelledAt))
  }
  expect(times.length).toBeGreaterThan(0)
  const newest = service
    .ended()
    .map(({ updatedAt }) => updatedAt)
    .sort()
    .at(-1)!
  expect(times).toContain(newest)
})
