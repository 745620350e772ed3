import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { EventTopics } from '../mirror/settings'
import type { OutboxRow } from './outbox'
import { recordOf, runsOf } from './records'

const NAMES = { created: 'shop.placed', updated: 'shop.changed', cancelled: 'shop.cancelled' }
const THREE: EventTopics = { kind: 'three', names: NAMES }

const ROW: OutboxRow = {
  seq: 7,
  name: 'cancelled',
  orderId: 'order-1',
  eventId: 'order-1@3',
  value: '{"orderId":"order-1","total":12.5}',
  at: Date.UTC(2026, 0, 31, 9, 30),
}

function one(typeHeader: string, types: readonly (readonly [string, OutboxRow['name']])[]) {
  return recordOf(ROW, { kind: 'one', name: 'orders', typeHeader, types: new Map(types) })
}

test('a record is keyed by its order and says in CloudEvents what it is', () => {
  expect(recordOf(ROW, THREE)).toEqual({
    topic: 'shop.cancelled',
    key: 'order-1',
    value: ROW.value,
    headers: {
      ce_specversion: '1.0',
      ce_id: 'order-1@3',
      ce_source: 'orderwire',
      ce_type: 'order.cancelled',
      ce_time: '2026-01-31T09:30:00.000Z',
      'content-type': 'application/json',
    },
    timestamp: ROW.at,
  })
})

test.each(['created', 'updated', 'cancelled'] as const)('%s has a topic of its own', (name) => {
  const record = recordOf({ ...ROW, name }, THREE)
  expect(record).toMatchObject({ topic: NAMES[name], headers: { ce_type: `order.${name}` } })
})

test('on one topic for all the configured header tells the kind as the shop calls it', () => {
  const record = one('kind', [
    ['OrderPlaced', 'created'],
    ['OrderCancelled', 'cancelled'],
  ])
  expect(record.topic).toBe('orders')
  expect(record.headers).toMatchObject({ kind: 'OrderCancelled', ce_type: 'order.cancelled' })
})

test('a kind that the shop has no name for is called as we call it', () => {
  expect(one('kind', [['OrderPlaced', 'created']]).headers?.kind).toBe('order.cancelled')
})

test('runs keep all rows in order, and none is longer than it may be unless a row alone is', () => {
  const rows = fc.array(fc.nat({ max: 5_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 12_000 }), (sizes, maxBytes) => {
      const all = sizes.map((size, seq) => ({ ...ROW, seq, value: 'x'.repeat(size) }))
      const runs = [...runsOf(all, maxBytes)]
      expect(runs.flat()).toEqual(all)
      for (const run of runs) {
        expect(run.length).toBeGreaterThan(0)
        const bytes = run.reduce((sum, { value }) => sum + value.length, 0)
        if (run.length > 1) expect(bytes).toBeLessThanOrEqual(maxBytes)
      }
    }),
  )
})
