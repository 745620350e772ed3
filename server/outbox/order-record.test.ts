import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { minorDigits } from '../protocol/money'
import type { Order } from '../protocol/order'
import { freeOrders, orderAt } from '../testing/arbitraries'
import { encodeOrderRecord } from './order-record'

const CURRENCIES = ['EUR', 'USD', 'JPY', 'ISK', 'KWD', 'BHD']

const amounts = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.maxSafeNat(),
  fc.maxSafeNat().map((amount) => -amount),
)

const pricedOrders: fc.Arbitrary<Order> = fc
  .record({
    order: freeOrders,
    currency: fc.constantFrom(...CURRENCIES),
    amounts: fc.tuple(amounts, amounts, amounts, amounts, amounts),
  })
  .map(({ order, currency, amounts: [unitPrice, itemTotal, subtotal, tax, total] }) => ({
    ...order,
    items: order.items.map((item) => ({ ...item, unitPrice, total: itemTotal })),
    currency,
    subtotal,
    tax,
    total,
  }))

/** The integer of the minor unit that a decimal's text stands for: digits moved, none lost. */
function minorUnits(text: string, digits: number): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new Error(`not a plain decimal: ${text}`)
  const [, sign = '', whole = '', fraction = ''] = match
  expect(fraction.length).toBeLessThanOrEqual(digits)
  return Number(`${sign}${whole}${fraction.padEnd(digits, '0')}`)
}

/** The order of a record's value, by the text of its amounts. */
function decoded(value: string): Order {
  const { currency } = JSON.parse(value) as Order
  const isAmount = /^(unitPrice|subtotal|tax|total)$/
  return JSON.parse(value, (name, member: unknown, context?: { source?: string }) =>
    isAmount.test(name) ? minorUnits(context!.source!, minorDigits(currency)) : member,
  ) as Order
}

test('every decimal converts back to the very amount, and every other member is the same', () => {
  fc.assert(
    fc.property(pricedOrders, (order) => {
      const value = encodeOrderRecord(order)
      expect(JSON.stringify(decoded(value))).toBe(JSON.stringify(order))
      expect(value).not.toContain('\n')
    }),
  )
})

test('a reader that knows only binary numbers gets the amounts of any usual order right', () => {
  const usual = fc.record({
    amount: fc.integer({ min: 0, max: 999_999_999_999_999 }),
    currency: fc.constantFrom(...CURRENCIES),
  })
  fc.assert(
    fc.property(usual, ({ amount, currency }) => {
      const value = encodeOrderRecord({ ...orderAt('a', 1), currency, total: amount })
      const { total } = JSON.parse(value) as Order
      expect(total).toBe(Number(`${amount}e-${minorDigits(currency)}`))
      expect(Math.round(total * 10 ** minorDigits(currency))).toBe(amount)
    }),
  )
})

test.each([
  ['EUR', 1250, '12.5'],
  ['EUR', 1205, '12.05'],
  ['EUR', 1200, '12'],
  ['EUR', 5, '0.05'],
  ['EUR', 0, '0'],
  ['EUR', -5, '-0.05'],
  ['EUR', 29, '0.29'],
  ['JPY', 1250, '1250'],
  ['JPY', 0, '0'],
  ['KWD', 1250, '1.25'],
  ['KWD', 7, '0.007'],
  ['EUR', 9_007_199_254_740_991, '90071992547409.91'],
])('%s: %d is sent as %s', (currency, total, sent) => {
  expect(encodeOrderRecord({ ...orderAt('a', 1), currency, total })).toContain(`"total":${sent},"s`)
})

test('optional members are there where the order has them', () => {
  const order = {
    ...orderAt('a', 5),
    buyerId: null,
    buyerEmail: 'ada@shop.example',
    cancelledAt: '2026-01-05T00:00:00.000Z',
    reason: 'Changed "mind"\n',
  }
  expect(JSON.stringify(decoded(encodeOrderRecord(order)))).toBe(JSON.stringify(order))
})
