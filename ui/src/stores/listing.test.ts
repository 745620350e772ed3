import { describe, expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import { settled } from '../../client/testing/virtual-clock'
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

describe('loading all', () => {
  test('goes on to the end, also from a page that is on its way', async () => {
    const { listing, answers, shown } = setUp()
    listing.start(page([9], 'second'))
    void listing.loadMore()
    const all = listing.loadAll(new AbortController().signal)
    answers[0]!.resolve(page([8], 'third'))
    await settled()
    answers[1]!.resolve(page([7], null))
    await all
    expect(shown.map(({ orderId }) => orderId)).toEqual(['o8', 'o7'])
    expect(listing.hasMore()).toBe(false)
  })

  test('ends when it is stopped, when a page does not come, and when the list starts over', async () => {
    const { listing, answers, asked } = setUp()
    const stop = new AbortController()
    listing.start(page([9], 'second'))
    const stopped = listing.loadAll(stop.signal)
    stop.abort()
    answers[0]!.resolve(page([8], 'third'))
    await stopped
    const failing = listing.loadAll(new AbortController().signal)
    answers[1]!.reject(new Error('gone'))
    await failing
    expect(listing.error()).toBeInstanceOf(Error)
    const replaced = listing.loadAll(new AbortController().signal)
    listing.start(page([9], 'new'))
    answers[2]!.resolve(page([6], null))
    await replaced
    expect(asked).toEqual(['second', 'third', 'third'])
    expect(listing.hasMore()).toBe(true)
  })
})
