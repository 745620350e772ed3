import { expect, test } from 'bun:test'
import { createQueue } from '../testing/queue'
import type { OpenSocket, SocketListener } from '../socket'
import type { FromTab, FromWorker } from './port'
import { serveTab } from './serve-tab'

const LONG = 'x'.repeat(900_000)

function serve() {
  const { port1, port2 } = new MessageChannel()
  const sent = createQueue<string>('sent to the hub')
  const dropped = Promise.withResolvers<void>()
  let listener: SocketListener | undefined
  const hub: OpenSocket = (_, told) => {
    listener = told
    return { send: (text) => sent.put(text), drop: () => dropped.resolve() }
  }
  const gone = serveTab(hub, port2, 'ws://shop/ws')
  const received = createQueue<FromWorker>('received by the tab')
  port1.onmessage = ({ data }: MessageEvent<FromWorker>) => received.put(data)
  const post = (told: FromTab) => port1.postMessage(told)
  return { post, sent, dropped: dropped.promise, listener: listener!, received, gone, port1 }
}

test('carries what is said in both directions', async () => {
  const { post, sent, listener, received, port1 } = serve()
  post({ kind: 'send', text: 'from the tab' })
  expect(await sent.next()).toBe('from the tab')
  listener.opened()
  listener.received('from the server')
  listener.ended(1012, 'move now')
  expect(await received.next()).toEqual({ kind: 'opened' })
  expect(await received.next()).toEqual({ kind: 'received', text: 'from the server' })
  expect(await received.next()).toEqual({ kind: 'ended', code: 1012, reason: 'move now' })
  port1.close()
})

test('what comes in quick succession is one message, and in its order', async () => {
  const { listener, received, gone, port1 } = serve()
  for (const text of ['a', 'b', 'c']) listener.received(text)
  expect(await received.next()).toEqual({ kind: 'received', text: 'a' })
  expect(await received.next()).toEqual({ kind: 'received', text: 'b\nc' })
  listener.received('d')
  listener.ended(1012, 'move now')
  expect(await received.next()).toEqual({ kind: 'received', text: 'd' })
  expect((await received.next()).kind).toBe('ended')
  gone()
  port1.close()
})

test('a tab that takes nothing is told that its connection was lost, and is sent no more', async () => {
  const { dropped, listener, received, port1 } = serve()
  for (let time = 0; time < 3; time++) listener.received(LONG)
  await dropped
  expect((await received.next()).kind).toBe('received')
  expect((await received.next()).kind).toBe('received')
  expect(await received.next()).toMatchObject({ kind: 'ended', code: 1006 })
  port1.close()
})

test('a tab that takes what it gets may get any amount', async () => {
  const { post, sent, listener, received, gone, port1 } = serve()
  for (let time = 0; time < 5; time++) {
    listener.received(LONG)
    expect(await received.next()).toEqual({ kind: 'received', text: LONG })
    post({ kind: 'took', characters: LONG.length })
    // In order, so what was taken is counted by then.
    post({ kind: 'send', text: 'ready' })
    await sent.next()
  }
  gone()
  port1.close()
})

test('a tab that leaves is dropped', async () => {
  const { post, dropped, port1 } = serve()
  post({ kind: 'drop' })
  await dropped
  port1.close()
})
