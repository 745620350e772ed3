import { expect, test } from 'bun:test'
import { possibleChanges } from './possible-changes'

test('tells of each status which orders may become it, in the order of the statuses', () => {
  const orders = [
    { orderId: 'a', status: 'shipped' },
    { orderId: 'b', status: 'pending' },
    { orderId: 'c', status: 'processing' },
    { orderId: 'd', status: 'delivered' },
  ] as const
  expect([...possibleChanges(orders)]).toEqual([
    ['processing', ['b']],
    ['shipped', ['c']],
    ['delivered', ['a']],
    ['cancelled', ['b', 'c']],
  ])
  expect(possibleChanges([]).size).toBe(0)
})
