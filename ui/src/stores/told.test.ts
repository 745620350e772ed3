import { expect, spyOn, test } from 'bun:test'
import { createRoot } from 'solid-js'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createStorage } from '../../testing/storage'
import { createTold } from './told'

/** Tabs of one browser. */
function openBrowser() {
  const storage = createStorage()
  const clock = createVirtualClock()
  const openTab = () =>
    createRoot((close) => ({ told: createTold(storage, 'told', null, clock), close }))
  return { openTab, storage, clock }
}

test('what was told is known after a reload, also of a page that is gone in the same moment', () => {
  const { openTab } = openBrowser()
  const { told } = openTab()
  told.record({ orderId: 'a', version: 2 })
  told.flush()
  expect(openTab().told.upTo('a')).toBe(2)
  expect(openTab().told.upTo('b')).toBe(0)
})

test('a burst is one write, and the older version is no step back', async () => {
  const { openTab, clock } = openBrowser()
  const [one, other] = [openTab().told, openTab().told]
  for (const version of [2, 3, 1]) one.record({ orderId: 'a', version })
  expect(other.upTo('a')).toBe(0)
  await clock.advance(500)
  expect(other.upTo('a')).toBe(3)
})

test('whoever signs out leaves nothing behind', async () => {
  const { openTab, storage, clock } = openBrowser()
  const { told, close } = openTab()
  told.record({ orderId: 'a', version: 2 })
  await clock.advance(500)
  told.record({ orderId: 'a', version: 3 })
  close()
  expect(openTab().told.upTo('a')).toBe(3)
  storage.removeItem('orderwire:told')
  told.record({ orderId: 'b', version: 2 })
  await told.claim([{ orderId: 'c', version: 2 }])
  await clock.advance(1_000)
  expect(storage.length).toBe(0)
})

test('where another tab has signed out, what was told here is not written any more', () => {
  const { openTab, storage } = openBrowser()
  const { told, close } = openTab()
  told.record({ orderId: 'a', version: 2 })
  close()
  expect(storage.length).toBe(0)
})

test('a version that the order has gone back to is what was told of it, for every tab', () => {
  const { openTab } = openBrowser()
  const [one, other] = [openTab().told, openTab().told]
  for (const orderId of ['a', 'b']) one.record({ orderId, version: 3 })
  one.goBack([
    { orderId: 'a', version: 2 },
    { orderId: 'b', version: 4 },
    { orderId: 'c', version: 1 },
  ])
  expect(['a', 'b', 'c'].map(other.upTo)).toEqual([2, 3, 0])
})

test('where tabs cannot ask each other it is reported, and told all the same', async () => {
  const report = spyOn(globalThis, 'reportError').mockImplementation(() => {})
  const refusal = new DOMException('Not allowed here.', 'SecurityError')
  const refuse = () => Promise.reject(refusal)
  const told = createRoot(() =>
    createTold(createStorage(), 'told', { request: refuse, query: refuse }),
  )
  expect((await told.claim([{ orderId: 'a', version: 2 }])).get('a')).toBeUndefined()
  expect(report.mock.calls).toEqual([[refusal]])
  report.mockRestore()
})
