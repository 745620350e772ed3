import * as fc from 'fast-check'
import { formatCursor } from '../protocol/cursor'
import type { Cursor } from '../protocol/cursor'
import { ORDER_STATUSES } from '../protocol/order-status'
import type { Order } from '../protocol/order'

/** Random values of the protocol, for property tests. */

const part = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 999_999_999_999_999 })).map(String)

export const entryIds: fc.Arbitrary<string> = fc.oneof(
  part,
  fc.tuple(part, part).map(([major, minor]) => `${major}-${minor}`),
)

export const tags: fc.Arbitrary<string> = fc
  .nat({ max: 0xffff_ffff })
  .map((value) => value.toString(16).padStart(8, '0'))

export const cursors: fc.Arbitrary<Cursor> = fc
  .tuple(entryIds, tags)
  .map(([id, tag]) => formatCursor(id, tag))

const times = fc.nat({ max: 4_000_000_000_000 }).map((at) => new Date(at).toISOString())

/** Whole orders. What differs from version to version follows from id and version alone. */
export const orders: fc.Arbitrary<Order> = fc
  .record({ orderId: fc.constantFrom('a', 'b', 'c'), version: fc.integer({ min: 1, max: 8 }) })
  .map(({ orderId, version }) => orderAt(orderId, version))

/** Free in every member, for encoding and decoding. */
export const freeOrders: fc.Arbitrary<Order> = fc
  .record({
    orderId: fc.string({ minLength: 1 }),
    status: fc.constantFrom(...ORDER_STATUSES),
    reason: fc.string(),
    name: fc.string({ unit: 'binary' }),
    createdAt: times,
    updatedAt: times,
    total: fc.nat(),
    version: fc.integer({ min: 1 }),
  })
  .map(({ name, ...members }) => ({
    ...orderAt('', 1),
    ...members,
    shippingAddress: { ...orderAt('', 1).shippingAddress!, name },
  }))

/** A whole order at one of its versions. */
export function orderAt(orderId: string, version: number): Order {
  const status = ORDER_STATUSES[(version - 1) % ORDER_STATUSES.length]!
  return {
    orderId,
    buyerId: 'alice',
    items: [{ productId: 'p1', name: 'Pen', quantity: version, unitPrice: 250, total: 250 }],
    currency: 'EUR',
    subtotal: 250,
    tax: 50,
    total: 300,
    status,
    shippingAddress: {
      name: 'Alice',
      line1: 'Street 1',
      city: 'Delft',
      postalCode: '2611',
      country: 'NL',
    },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: new Date(Date.UTC(2026, 0, version)).toISOString(),
    version,
  }
}
