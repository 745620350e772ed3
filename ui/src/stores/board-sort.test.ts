import { expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { firstSort, isServerOrder, NEWEST_FIRST, sortIds, type Sort } from './board-sort'

const order = (
  orderId: string,
  name: string,
  total: number,
  status: OrderStatus,
  currency = 'EUR',
) =>
  ({
    orderId,
    total,
    status,
    currency,
    shippingAddress: { name },
    createdAt: `2026-01-0${orderId}T00:00:00Z`,
  }) as Order

const ORDERS = [
  order('1', 'Émile', 300, 'shipped'),
  order('2', 'bob', 100, 'pending'),
  order('3', 'Alice', 300, 'pending'),
  order('4', 'Emil', 200, 'cancelled'),
]
const get = (id: string) => ORDERS.find(({ orderId }) => orderId === id)!
const sorted = (sort: Sort, before: readonly string[] = []) =>
  sortIds(['4', '3', '2', '1'], before, get, sort).join('')

test.each<[Sort, string]>([
  [{ key: 'placed', descending: true }, '4321'],
  [{ key: 'placed', descending: false }, '1234'],
  [{ key: 'customer', descending: false }, '3241'],
  [{ key: 'total', descending: true }, '3142'],
  [{ key: 'total', descending: false }, '2431'],
  [{ key: 'status', descending: false }, '3214'],
])('%j: %s, equals newest first', (sort, expected) => {
  expect(sorted(sort)).toBe(expected)
  expect(sorted(sort, ['9', '2', '4'])).toBe(expected)
})

test('amounts of two currencies are not compared', () => {
  const mixed = [...ORDERS, order('5', 'Yuki', 250, 'pending', 'JPY')]
  const of = (id: string) => mixed.find(({ orderId }) => orderId === id)!
  const ids = mixed.map(({ orderId }) => orderId)
  expect(sortIds(ids, [], of, { key: 'total', descending: true }).join('')).toBe('31425')
})

test('only newest first is the order of the server', () => {
  expect(isServerOrder(NEWEST_FIRST)).toBe(true)
  expect(isServerOrder({ key: 'placed', descending: false })).toBe(false)
  expect(isServerOrder(firstSort('total'))).toBe(false)
  expect(firstSort('placed')).toEqual(NEWEST_FIRST)
})
