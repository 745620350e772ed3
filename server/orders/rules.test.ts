import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Order } from '../protocol/order'
import { allowedTransitions, canTransition, ORDER_STATUSES } from '../protocol/order-status'
import { cancel, changeStatus, place, taxOn } from './rules'
import type { Draft, StatusRequest } from './rules'
import {
  accepted,
  ADDRESS,
  ALICE,
  BOB,
  BOWL,
  CUP,
  draft,
  pendingOrder,
  PRODUCTS,
  refusal,
  SHOP,
} from './features/samples'

const AT = new Date('2026-03-01T10:00:00.000Z')
const LATER = new Date('2026-03-01T10:05:00.000Z')
const found = {
  products: new Map(PRODUCTS.map((one) => [one.id, one])),
  orderId: '0195537d-8a80-7000-8000-00000000abcd',
  at: AT,
}
const staff = { subject: 'sam', staff: true }
const alice = { subject: 'alice', staff: false }

function inStatus(status: Order['status']): Order {
  return { ...pendingOrder(), status, version: 3 }
}

describe('placing', () => {
  test('takes names, prices, currency and tax from the shop', () => {
    const order = accepted(place(draft({ cup: 2, bowl: 1 }), ALICE, SHOP, found))
    expect(order).toEqual({
      orderId: found.orderId,
      buyerId: 'alice',
      buyerEmail: 'alice@example.com',
      items: [
        { productId: 'cup', name: CUP.name, quantity: 2, unitPrice: 1_450, total: 2_900 },
        { productId: 'bowl', name: BOWL.name, quantity: 1, unitPrice: 2_250, total: 2_250 },
      ],
      currency: 'EUR',
      subtotal: 5_150,
      tax: 979,
      total: 6_129,
      status: 'pending',
      shippingAddress: ADDRESS,
      createdAt: AT.toISOString(),
      updatedAt: AT.toISOString(),
      version: 1,
    })
  })

  test('never uses prices that came with the request', () => {
    const bought = { productId: 'cup', quantity: 1, unitPrice: 1, total: 1, name: 'Gold' }
    const forged = { ...draft({}), items: [bought], subtotal: 1, tax: 0, total: 1, currency: 'XXX' }
    expect(accepted(place(forged, ALICE, SHOP, found))).toEqual(
      accepted(place(draft({ cup: 1 }), ALICE, SHOP, found)),
    )
  })

  test('merges the lines of one product', () => {
    const twice: Draft = { ...draft({ cup: 2, bowl: 1 }) }
    const items = [...twice.items, { productId: 'cup', quantity: 3 }]
    const order = accepted(place({ ...twice, items }, ALICE, SHOP, found))
    expect(order.items.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      ['cup', 5],
      ['bowl', 1],
    ])
    expect(order.items[0]!.total).toBe(7_250)
  })

  test('leaves out an email that the token did not have, and a blank second line', () => {
    const wanted = { ...draft({ cup: 1 }), shippingAddress: { ...ADDRESS, line2: '  ' } }
    const order = accepted(place(wanted, BOB, SHOP, found))
    expect(Object.keys(order)).not.toContain('buyerEmail')
    expect(order.shippingAddress).toEqual(ADDRESS)
  })

  test.each([
    ['no line', [], 'invalid_order', 'items'],
    ['too many lines', Array(51).fill(['cup', 1]), 'invalid_order', 'items'],
    ['no piece', [['cup', 0]], 'invalid_order', 'items[0].quantity'],
    ['half a piece', [['cup', 1.5]], 'invalid_order', 'items[0].quantity'],
    [
      '100 pieces',
      [
        ['bowl', 1],
        ['cup', 100],
      ],
      'invalid_order',
      'items[1].quantity',
    ],
    [
      '100 in two lines',
      [
        ['cup', 99],
        ['cup', 1],
      ],
      'invalid_order',
      'items[1].quantity',
    ],
    [
      'an unknown product',
      [
        ['cup', 1],
        ['gold', 1],
      ],
      'unknown_product',
      'items[1].productId',
    ],
    ['a retired product', [['retired', 1]], 'unknown_product', 'items[0].productId'],
    ['another currency', [['dollars', 1]], 'unknown_product', 'items[0].productId'],
  ] as [string, [string, number][], string, string][])('refuses %s', (_, lines, code, field) => {
    const items = lines.map(([productId, quantity]) => ({ productId, quantity }))
    const refused = refusal(place({ ...draft({}), items }, ALICE, SHOP, found))
    expect(refused).toMatchObject({ code, field })
    expect(refused.message).toStartWith(`${field}: expected`)
  })

  test.each(['name', 'line1', 'city', 'postalCode', 'country'])('refuses a blank %s', (member) => {
    const shippingAddress = { ...ADDRESS, [member]: ' \t' }
    const refused = refusal(place({ ...draft({ cup: 1 }), shippingAddress }, ALICE, SHOP, found))
    expect(refused).toMatchObject({ code: 'invalid_order', field: `shippingAddress.${member}` })
  })

  test('adds up, whatever is ordered', () => {
    const lines = fc.array(
      fc.record({
        productId: fc.constantFrom('cup', 'bowl'),
        quantity: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 50 },
    )
    fc.assert(
      fc.property(lines, (items) => {
        const decision = place({ ...draft({}), items }, ALICE, SHOP, found)
        if (decision.outcome !== 'accepted') {
          expect(refusal(decision).field).toMatch(/^items\[\d+\]\.quantity$/)
          return
        }
        const { order } = decision
        const price = { cup: CUP.price, bowl: BOWL.price }
        const expected = items.reduce(
          (sum, { productId, quantity }) => sum + price[productId] * quantity,
          0,
        )
        expect(order.subtotal).toBe(expected)
        expect(order.total).toBe(order.subtotal + order.tax)
        expect(new Set(order.items.map((item) => item.productId)).size).toBe(order.items.length)
      }),
    )
  })
})

describe('tax', () => {
  test.each([
    [100, 19, 19],
    [10, 5, 1], // 0.5 goes up
    [9, 5, 0],
    [1_005, 10, 101], // 100.5
    [200, 8.25, 17], // 16.5: a binary fraction would lose it
    [1_000, 0, 0],
    [999_999_999_999, 25, 250_000_000_000],
  ])('of %i at %f %% is %i', (subtotal, percent, tax) => {
    expect(taxOn(subtotal, percent)).toBe(tax)
  })

  test('is at most half a unit off', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e9 }),
        fc.integer({ min: 0, max: 10_000 }),
        (subtotal, hundredths) => {
          const off = taxOn(subtotal, hundredths / 100) * 10_000 - subtotal * hundredths
          expect(off).toBeGreaterThan(-5_000)
          expect(off).toBeLessThanOrEqual(5_000)
        },
      ),
    )
  })
})

describe('changing the status', () => {
  const request = (more: Partial<StatusRequest>): StatusRequest => ({
    by: 'sam',
    to: 'processing',
    precondition: [3],
    ...more,
  })

  test('follows the one table', () => {
    for (const from of ORDER_STATUSES) {
      for (const to of ORDER_STATUSES) {
        const decision = changeStatus(inStatus(from), request({ to }), LATER)
        if (canTransition(from, to)) {
          expect(accepted(decision)).toMatchObject({
            status: to,
            version: 4,
            updatedAt: LATER.toISOString(),
          })
        } else {
          expect(refusal(decision)).toMatchObject({
            code: 'illegal_transition',
            allowed: allowedTransitions(from),
            current: { status: from, version: 3 },
          })
        }
      }
    }
  })

  test('changes nothing but status, time and version', () => {
    const before = inStatus('pending')
    const { status, updatedAt, version, ...rest } = accepted(
      changeStatus(before, request({}), LATER),
    )
    expect([status, updatedAt, version]).toEqual(['processing', LATER.toISOString(), 4])
    expect({ ...before, ...rest }).toEqual(before)
  })

  test('needs the version that staff saw, and looks at it before the table', () => {
    const order = inStatus('delivered')
    const of = (precondition: StatusRequest['precondition']) =>
      refusal(changeStatus(order, request({ precondition }), LATER)).code
    expect(of(null)).toBe('precondition_required')
    expect(of([])).toBe('precondition_failed')
    expect(of([2, 4])).toBe('precondition_failed')
    expect(of([2, 3])).toBe('illegal_transition')
    expect(of('any')).toBe('illegal_transition')
  })

  test('refuses a reason where nothing is cancelled', () => {
    const refused = refusal(changeStatus(inStatus('pending'), request({ reason: 'why' }), LATER))
    expect(refused).toMatchObject({ code: 'invalid_order', field: 'reason' })
    const blank = changeStatus(inStatus('pending'), request({ reason: ' ' }), LATER)
    expect(accepted(blank).status).toBe('processing')
  })

  test('keeps why an order was cancelled', () => {
    const decision = changeStatus(
      inStatus('pending'),
      request({ to: 'cancelled', reason: ' Out of stock ' }),
      LATER,
    )
    expect(accepted(decision)).toMatchObject({
      status: 'cancelled',
      cancelledAt: LATER.toISOString(),
      reason: 'Out of stock',
    })
  })

  test('says when there is no such order', () => {
    expect(refusal(changeStatus(null, request({}), LATER)).code).toBe('order_not_found')
  })

  test('never lets updatedAt go back, whatever the clock does', () => {
    const order = pendingOrder(LATER)
    const decision = changeStatus(order, request({ precondition: 'any' }), AT)
    expect(accepted(decision).updatedAt).toBe(LATER.toISOString())
  })
})

describe('cancelling', () => {
  test('is the customer’s right until the order is shipped', () => {
    for (const status of ORDER_STATUSES.filter((one) => one !== 'cancelled')) {
      const decision = cancel(inStatus(status), { by: alice, precondition: null }, LATER)
      if (canTransition(status, 'cancelled')) {
        expect(accepted(decision)).toMatchObject({ status: 'cancelled', version: 4 })
      } else {
        expect(refusal(decision).code).toBe('illegal_transition')
      }
    }
  })

  test('changes nothing the second time, whatever precondition was sent', () => {
    const order = inStatus('cancelled')
    for (const precondition of [null, [1], [3], [], 'any', 'malformed'] as const) {
      expect(cancel(order, { by: alice, precondition }, LATER)).toEqual({
        outcome: 'unchanged',
        order,
      })
    }
  })

  test('obeys a precondition that was sent', () => {
    const decision = cancel(inStatus('pending'), { by: alice, precondition: [2] }, LATER)
    expect(refusal(decision).code).toBe('precondition_failed')
  })

  test('knows no orders of somebody else', () => {
    const by = { subject: 'bob', staff: false }
    for (const order of [inStatus('pending'), inStatus('cancelled'), null]) {
      expect(refusal(cancel(order, { by, precondition: 'any' }, LATER)).code).toBe(
        'order_not_found',
      )
    }
  })

  test('asks staff for the version that they saw', () => {
    const order = inStatus('pending')
    expect(refusal(cancel(order, { by: staff, precondition: null }, LATER)).code).toBe(
      'precondition_required',
    )
    expect(accepted(cancel(order, { by: staff, precondition: [3] }, LATER)).status).toBe(
      'cancelled',
    )
  })
})
