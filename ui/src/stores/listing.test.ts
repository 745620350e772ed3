import { expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import type { Page } from '../api'
import { createListing } from './listing'

const order = (second: number) =>
  ({ orderId: `o${second}`, createdAt: `2026-01-01T00:00:0${second}Z` }) as Order
const page = (seconds: readonly number[], next: string | null): Page<Order> => ({
  items: seconds.map(order),
  cursor: '1.00000000',
  next,
})

function setUp() {
  const asked: string[] = []
  const answers: PromiseWithResolvers<Page<Order>>[] = []
  const shown: Order[] = []
  const listing = createListing({
    load(next) {
      asked.push(next)
      const answer = Promise.withResolvers<Page<Order>>()
      answers.push(answer)
      return answer.promise
    },
    onPage: (items) => void shown.push(...items),
  })
  return { listing, asked, answers, shown }
}

test('reaches as far down as its pages, and everywhere at the end', async () => {
  const { listing, answers, asked } = setUp()
  listing.start(page([9, 8], 'second'))
  expect([9, 8, 7].map((second) => listing.reaches(order(second)))).toEqual([true, true, false])
  const loading = listing.loadMore()
  expect(listing.loading()).toBe(true)
  await listing.loadMore()
  answers[0]!.resolve(page([7], null))
  await loading
  expect(asked).toEqual(['second'])
  expect(listing.hasMore()).toBe(false)
  expect(listing.reaches(order(1))).toBe(true)
  expect(listing.firstPage().reaches(order(7))).toBe(false)
  expect(listing.firstPage().next).toBe('second')
})

test('a page that did not come can be asked for again', async () => {
  const { listing, answers, asked } = setUp()
  listing.start(page([9], 'second'))
  const failing = listing.loadMore()
  answers[0]!.reject(new Error('gone'))
  await failing
  expect(listing.error()).toBeInstanceOf(Error)
  const again = listing.loadMore()
  expect(listing.error()).toBeNull()
  answers[1]!.resolve(page([8], null))
  await again
  expect(asked).toEqual(['second', 'second'])
})

test('a page on its way when the list starts over is ignored', async () => {
  const { listing, answers, shown } = setUp()
  listing.start(page([9], 'old'))
  const loading = listing.loadMore()
  listing.start(page([9, 8], 'new'))
  answers[0]!.resolve(page([7], null))
  await loading
  expect(shown).toEqual([])
  expect(listing.hasMore()).toBe(true)
  expect(listing.loading()).toBe(false)
})
