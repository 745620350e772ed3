import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import type { Client, ClientState } from '../../client'
import { Emitter } from '../../client/emitter'
import { SeenVersions } from '../../client/seen'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { anOrder } from '../../client/testing/orders'
import { createApi } from '../api'
import { createStorage } from '../../testing/storage'
import { createBoard } from './board'
import { createNews } from './news'
import { createTold } from './told'

beforeAll(() => {
  Object.assign(globalThis, { document: new EventTarget(), window: new EventTarget() })
})
afterAll(() => {
  for (const name of ['document', 'window']) Reflect.deleteProperty(globalThis, name)
})

const state: ClientState = { status: 'live', retryAt: null, reason: null, ageMs: 0, channels: {} }

/** A board whose frames the test gives; the server has nothing but what it is asked for. */
function setUp(answer: (url: URL) => unknown = () => ({ items: [], next: null })) {
  const told: string[] = []
  const asked: string[] = []
  const emitter = new Emitter()
  const client: Pick<Client, 'on' | 'seen' | 'subscribe' | 'unsubscribe'> = {
    on: (event, listener) => emitter.on(event, listener),
    seen: new SeenVersions(() => {}),
    subscribe() {},
    unsubscribe() {},
  }
  const toasts = { show: ({ text }: { readonly text: string }) => void told.push(text) }
  const api = createApi({
    token: () => 'token',
    onRefusedToken() {},
    fetch: (path) => {
      const url = new URL(path, 'http://shop')
      asked.push(`${url.pathname}${url.search}`)
      return Promise.resolve(Response.json(answer(url)))
    },
  })
  const { board, dispose } = createRoot((dispose) => ({
    dispose,
    board: createBoard({
      realtime: { client, state: () => state },
      api,
      toasts,
      createNews: (subject) =>
        createNews({
          toasts,
          told: createTold(createStorage(), 'admin', null, createVirtualClock()),
          looking: () => true,
          ...subject,
        }),
    }),
  }))
  const snapshot = (items: readonly Order[], cursor: string | null, next: string | null = null) =>
    emitter.emit('snapshot', { channel: 'admin', source: 'server', items, cursor, next })
  return { board, told, asked, snapshot, dispose }
}

/** Until what was asked for has come, and what is told in turn was told. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve))
}

const orders = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => anOrder(`order-${from + index}`))

test('a snapshot is no news to whoever has loaded more orders than are remembered', async () => {
  const older = orders(50, 1_200)
  const { board, told, snapshot, dispose } = setUp(() => ({ items: older, next: null }))
  const newest = orders(0, 50)
  snapshot(newest, '1', 'order-49')
  await board.listing().loadAll(new AbortController().signal)
  expect(board.peek('order-1199')).toBeDefined()
  snapshot([anOrder('order-new'), ...newest], '2', 'order-49')
  await settled()
  expect(told).toEqual(['New order #RDER-NEW'])
  dispose()
})

test('while updates are delayed, what was found stays, however often a snapshot comes', async () => {
  const found = { ...anOrder('found', 2), createdAt: '2025-01-01T00:00:00.000Z' }
  let fails = false
  const { board, asked, snapshot, dispose } = setUp((url) => {
    if (fails) throw new Error('503')
    return url.searchParams.has('status') ? { items: [found], next: null } : { items: [] }
  })
  const searches = () => asked.filter((path) => path.includes('status=')).length
  snapshot(orders(0, 50), '1', 'order-49')
  board.view.show({ status: 'processing' })
  await settled()
  expect(board.ids()).toEqual(['found'])
  for (let count = 0; count < 3; count++) snapshot(orders(0, 50), null, 'order-49')
  expect(board.view.searching()).toBe(false)
  expect(board.ids()).toEqual(['found'])
  expect(searches()).toBe(1)

  // One that follows on nothing that is known has forgotten it.
  fails = true
  snapshot(orders(0, 50), '2', 'order-49')
  expect(board.ids()).toEqual([])
  await settled()
  expect(board.view.searchError()).not.toBeNull()
  // A search that failed is tried again at each.
  fails = false
  snapshot(orders(0, 50), null, 'order-49')
  await settled()
  expect(board.ids()).toEqual(['found'])
  expect(searches()).toBe(3)
  dispose()
})
