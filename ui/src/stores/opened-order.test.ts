import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { anOrder } from '../../client/testing/orders'
import { createOpenedOrder } from './opened-order'

/** The server answers when the test lets it, and fails where it has nothing. */
function setUp() {
  const server = new Map<string, Order>()
  const asked: string[] = []
  let answers: (() => void)[] = []
  const [orderId, open] = createSignal('a')
  const [live, hear] = createSignal<Order>()
  const [snapshots, takeSnapshot] = createSignal(0)
  const { opened, dispose } = createRoot((dispose) => ({
    dispose,
    opened: createOpenedOrder({
      known: (id) => (live()?.orderId === id ? live() : undefined),
      snapshots,
      orderId,
      api: {
        order: (id) =>
          new Promise((resolve, reject) => {
            asked.push(id)
            answers.push(() => {
              const order = server.get(id)
              if (!order) return reject(new Error(`no ${id}`))
              const { version, status, updatedAt } = order
              resolve({ ...order, history: [{ version, status, at: updatedAt, by: 'kim' }] })
            })
          }),
      },
    }),
  }))
  async function answer(): Promise<void> {
    const due = answers
    answers = []
    for (const give of due) give()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const versions = () => opened.history()?.map(({ version }) => version)
  return { server, asked, open, hear, takeSnapshot, opened, answer, versions, dispose }
}

test('what is known shows at once, the history is that of the newest version', async () => {
  const { server, hear, opened, answer, versions, dispose } = setUp()
  hear(anOrder('a'))
  expect(opened.order()?.version).toBe(1)
  server.set('a', anOrder('a', 2))
  await answer()
  expect(opened.order()?.version).toBe(2)
  expect(versions()).toEqual([2])
  hear(anOrder('a', 3))
  expect(opened.order()?.version).toBe(3)
  server.set('a', anOrder('a', 3))
  await answer()
  expect(versions()).toEqual([3])
  dispose()
})

test('the error of one order is not that of the next, nor of another attempt', async () => {
  const { server, open, opened, answer, dispose } = setUp()
  await answer()
  expect(opened.error()).toEqual(new Error('no a'))
  open('b')
  expect(opened.error()).toBeNull()
  await answer()
  expect(opened.error()).toEqual(new Error('no b'))
  opened.retry()
  expect(opened.error()).toBeNull()
  server.set('b', anOrder('b'))
  await answer()
  expect(opened.error()).toBeNull()
  expect(opened.order()?.orderId).toBe('b')
  dispose()
})

test('nothing of the order before is shown for the next, however late it comes', async () => {
  const { server, open, opened, answer, versions, dispose } = setUp()
  server.set('a', anOrder('a'))
  await answer()
  open('b')
  expect(opened.order()).toBeUndefined()
  expect(versions()).toBeUndefined()
  open('a')
  open('b')
  await answer()
  expect(opened.order()).toBeUndefined()
  dispose()
})

test('it is loaded again where a snapshot came in the place of events', async () => {
  const { server, asked, takeSnapshot, answer, versions, dispose } = setUp()
  server.set('a', anOrder('a'))
  await answer()
  takeSnapshot(1)
  server.set('a', anOrder('a', 4))
  await answer()
  expect(asked).toEqual(['a', 'a'])
  expect(versions()).toEqual([4])
  dispose()
})
