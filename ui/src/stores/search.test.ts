import { expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import { createSearch } from './search'

const order = {
  orderId: '01a20538-7a9b-7600-a149-a0745356abcd',
  buyerId: 'emile',
  buyerEmail: 'emile@shop.example',
  items: [{ name: 'Walnut Board' }, { name: 'Olive Oil, 750 ml' }],
  shippingAddress: { name: 'Émile Ångström' },
  version: 1,
} as unknown as Order

test.each([
  ['', true],
  ['  ', true],
  ['5356ABCD', true],
  ['5356abcd', true],
  ['#5356abcd', true],
  ['01a20538', true],
  ['emile', true],
  ['ÉMILE ang', true],
  ['emile@shop', true],
  ['wal', true],
  ['board walnut', true],
  ['oil 750', true],
  ['nut', false],
  ['walnut spoon', false],
])('%p: %p', (search, found) => {
  const matches = createSearch()
  expect(matches(order, search)).toBe(found)
  expect(matches(order, search)).toBe(found)
})

test('an order is found by what its newer version adds', () => {
  const matches = createSearch()
  const unknown = { ...order, shippingAddress: null }
  expect(matches(unknown, 'ang')).toBe(false)
  expect(matches({ ...order, version: 2 }, 'ang')).toBe(true)
})
