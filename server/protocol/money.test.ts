import { expect, test } from 'bun:test'
import { formatMoney, minorDigits } from './money'

test.each([
  ['EUR', 2],
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['ISK', 0],
])('%s has %d digits after the point', (currency, digits) => {
  expect(minorDigits(currency)).toBe(digits)
})

test.each([
  [1250, 'EUR', '€12.50'],
  [0, 'EUR', '€0.00'],
  [-5, 'EUR', '-€0.05'],
  [1250, 'JPY', '¥1,250'],
  [1250, 'KWD', 'KWD 1.250'],
  [123_456_789, 'USD', '$1,234,567.89'],
])('%d of the minor unit of %s is %s', (amount, currency, shown) => {
  expect(formatMoney(amount, currency, 'en').replace(/\u00a0/g, ' ')).toBe(shown)
})

test('a currency that does not exist is refused', () => {
  expect(() => minorDigits('EURO')).toThrow(RangeError)
})
