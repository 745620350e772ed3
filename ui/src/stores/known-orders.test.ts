import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createEffect, createRoot } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { ORDER_STATUSES } from '../../../server/protocol/order-status'
import { createKnownOrders, newestFirst } from './known-orders'

const placedAt = (id: number) => `2026-01-01T00:00:0${id % 3}.000Z`

function order(id: number, version = 1): Order {
  return {
    orderId: `order-${id}`,
    buyerId: 'alice',
    items: [{ productId: 'cup', name: 'Cup', quantity: version, unitPrice: 1, total: version }],
    currency: 'EUR',
    subtotal: version,
    tax: 0,
    total: version,
    status: ORDER_STATUSES[version % ORDER_STATUSES.length]!,
    shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'DE' },
    createdAt: placedAt(id),
    updatedAt: '2026-01-01T00:00:00.000Z',
    version,
    ...(version > 2 && { reason: `reason ${version}` }),
  }
}

const anOrder = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .map(([id, version]) => ({
    ...order(id, version),
    // When it was placed is provisional, until the version comes that knows it.
    ...(version < 4 && { createdAt: placedAt(id + version) }),
  }))

test('shows the highest version of each, newest order first, whatever came in whatever order', () => {
  const batches = fc.array(fc.array(anOrder, { maxLength: 6 }), { maxLength: 8 })
  fc.assert(
    fc.property(batches, (arrivals) => {
      const known = createKnownOrders()
      for (const batch of arrivals) known.fold(batch)
      const newest = new Map<string, Order>()
      for (const next of arrivals.flat().sort((a, b) => a.version - b.version)) {
        newest.set(next.orderId, next)
      }
      const expected = [...newest.values()].sort(newestFirst)
      expect(known.ids()).toEqual(expected.map((one) => one.orderId))
      expect(known.ids().map((id) => ({ ...known.get(id)! }))).toEqual(expected)
      expect(known.all().toSorted(newestFirst)).toEqual(expected)
    }),
  )
})

describe('fold', () => {
  test('returns what rose, with what was known before, as it was', () => {
    const known = createKnownOrders()
    expect(known.fold([order(1)])).toEqual([{ order: order(1), before: undefined }])
    expect(known.fold([order(1, 2), order(1, 3)])).toEqual([
      { order: order(1, 3), before: order(1) },
    ])
    expect(known.fold([order(1, 2), order(1, 3)])).toEqual([])
  })

  test('moves nobody who looks at another order, and nobody when nothing rose', () => {
    const { known, seen, lists } = createRoot(() => {
      const known = createKnownOrders()
      known.fold([order(1), order(2)])
      const seen: (number | undefined)[] = []
      const lists: number[] = []
      createEffect(() => void seen.push(known.get('order-1')?.version))
      createEffect(() => void lists.push(known.ids().length))
      return { known, seen, lists }
    })
    known.fold([order(2, 2)])
    known.fold([order(1), order(2)])
    expect(seen).toEqual([1])
    known.fold([order(1, 2), order(3)])
    expect(seen).toEqual([1, 2])
    expect(lists).toEqual([2, 3])
  })
})

test('a snapshot is the whole truth: what it does not hold is forgotten', () => {
  const known = createKnownOrders()
  known.fold([order(1, 3), order(2)])
  known.reset([order(1, 2), order(4)])
  expect(known.ids()).toEqual(['order-4', 'order-1'])
  expect(known.get('order-1')?.version).toBe(2)
  expect(known.get('order-1')?.reason).toBeUndefined()
  expect(known.get('order-2')).toBeUndefined()
  known.fold([order(1, 3)])
  expect(known.get('order-1')?.version).toBe(3)
})
