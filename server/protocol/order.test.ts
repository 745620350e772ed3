import { expect, test } from 'bun:test'
import { orderNumber } from './order'

test.each([
  ['0192f0c1-2b3c-7def-8a9b-00c0ffee1234', 'FFEE1234'],
  ['abc', 'ABC'],
])('people call order %s %s', (orderId, number) => {
  expect(orderNumber(orderId)).toBe(number)
})
