import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { amountOf, idOf, timeOf, wholeNumberOf } from './fields'
import { Inexact } from './json'

describe('amounts', () => {
  test.each([
    [12.5, 2, 1250],
    [12, 2, 1200],
    ['12.50', 2, 1250],
    ['12.5', 2, 1250],
    ['12.5000', 2, 1250],
    ['-0.05', 2, -5],
    [-0.05, 2, -5],
    ['-0', 2, 0],
    [-0, 2, 0],
    [0.29, 2, 29],
    [1.005, 3, 1005],
    ['1250', 0, 1250],
    [1250, 0, 1250],
    [0.1 + 0.2, 2, 30],
    [37.480000000000004, 2, 3748],
    [19.99 * 3, 2, 5997],
    ['90071992547409.91', 2, 9_007_199_254_740_991],
    [999_999_999.99, 2, 99_999_999_999],
  ])('%p with %d digits is %d', (value, digits, amount) => {
    expect(Object.is(amountOf(value, digits, 'total'), amount)).toBe(true)
  })

  test.each([
    [12.345, 2],
    ['12.345', 2],
    [0.5, 0],
    [NaN, 2],
    ['', 2],
    ['1,250.00', 2],
    ['EUR 5', 2],
    [' 5', 2],
    ['5.', 2],
    ['1e3', 2],
    [null, 2],
    [undefined, 2],
    [true, 2],
    [{}, 2],
    [90_071_992_547_410, 2],
    ['90071992547409.92', 2],
  ])('%p with %d digits is refused', (value, digits) => {
    expect(() => amountOf(value, digits, 'total')).toThrow(
      /^total is .*: expected a decimal of the major unit with at most \d digits/,
    )
  })

  test('every amount comes back from its decimal, as a number and as text', () => {
    const amounts = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 4 }), (amount, digits) => {
        const decimal = `${amount < 0 ? '-' : ''}${Math.abs(amount) / 10 ** digits}`
        expect(amountOf(Number(`${amount}e-${digits}`), digits, 'total')).toBe(amount + 0)
        if (!decimal.includes('e')) expect(amountOf(decimal, digits, 'total')).toBe(amount + 0)
      }),
    )
  })

  test('a decimal that doubles cannot tell from its neighbours asks for its digits', () => {
    expect(() => amountOf(90_071_992_547_409.91, 2, 'total')).toThrow(Inexact)
  })
})

describe('times', () => {
  test.each([
    ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T10:30:00+01:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T10:30:00+0100', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31 10:30:00.123456+01', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31T09:30:00.123456789', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [1_769_851_800_000, '2026-01-31T09:30:00.000Z'],
    ['1769851800000', '2026-01-31T09:30:00.000Z'],
    [1_769_851_800_000.7, '2026-01-31T09:30:00.000Z'],
  ])('%p is %s', (value, iso) => {
    expect(timeOf(value, 'createdAt')).toBe(iso)
  })

  test.each([
    1_769_851_800,
    -1,
    1e20,
    NaN,
    '',
    'yesterday',
    '31.01.2026',
    '2026-02-30',
    '2026-13-01T00:00:00Z',
    '2026-01-31T25:00:00Z',
    '+012026-01-31T00:00:00Z',
    null,
    {},
    true,
  ])('%p is refused', (value) => {
    expect(() => timeOf(value, 'createdAt')).toThrow(/^createdAt is .*: expected a time/)
  })

  test('it does not hang on the time zone of the machine', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1974-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString()
          expect(timeOf(iso, 't')).toBe(iso)
          expect(timeOf(iso.slice(0, -1), 't')).toBe(iso)
          expect(timeOf(date.getTime(), 't')).toBe(iso)
        },
      ),
    )
  })
})

describe('ids', () => {
  test.each([
    ['a', 'a'],
    [42, '42'],
    [0, '0'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['日本', '日本'],
  ])('%p is %p', (value, id) => {
    expect(idOf(value, 'orderId')).toBe(id)
  })

  test.each(['', 'x'.repeat(201), 'a\nb', 'a\0', '\ud800', 1.5, null, undefined, {}, true])(
    '%p is refused',
    (value) => {
      expect(() => idOf(value, 'orderId')).toThrow(/^orderId is .*: expected an id/)
    },
  )

  test('an id of 64 bits asks for its digits', () => {
    expect(() => idOf(2 ** 53, 'orderId')).toThrow(Inexact)
  })
})

test('whole numbers are numbers or their digits', () => {
  expect(wholeNumberOf(3, 1, 'quantity')).toBe(3)
  expect(wholeNumberOf('3', 1, 'quantity')).toBe(3)
  for (const value of [0, 1.5, -1, '1.5', '', null, undefined, '9'.repeat(16), true]) {
    expect(() => wholeNumberOf(value, 1, 'quantity')).toThrow(/^quantity is/)
  }
})
