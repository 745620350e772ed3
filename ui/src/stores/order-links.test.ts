import { expect, test } from 'bun:test'
import { readBoardQuery } from '../board/board-link'
import { boardHref, orderHref, orderIdIn } from './order-links'

test('lead to the order, whatever its id holds', () => {
  const id = 'A#1 & B/2?'
  const page = new URL(orderHref(id), 'http://shop')
  const [, orders, segment] = page.pathname.split('/')
  expect([orders, orderIdIn(segment!)]).toEqual(['orders', id])
  expect(page.search + page.hash).toBe('')
  expect(orderIdIn('100%')).toBe('100%')
  expect(readBoardQuery(new URL(boardHref(id), 'http://shop').search).orderId).toBe(id)
})
