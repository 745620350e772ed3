import { beforeEach, expect, test } from 'bun:test'
import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import type { Cursor } from '../../../server/protocol/cursor'
import type { ServerFrame } from '../../../server/protocol/frames'
import { anEvent, anOrder, at } from '../testing/orders'
import { createVirtualClock, settled, type VirtualClock } from '../testing/virtual-clock'
import { createWire, openTab, type HandTab, type Wire, type WireEnd } from '../testing/wire'
import type { OpenSocket } from '../socket'
import { createHub } from './hub'

const HEARTBEAT_MS = 10_000
let clock: VirtualClock
let wire: Wire
let hub: OpenSocket

beforeEach(() => {
  clock = createVirtualClock()
  wire = createWire()
  hub = createHub({ openSocket: wire.openSocket, clock })
})

/** A token of this subject that ends so many seconds from now; its signature is nobody's. */
function tokenOf(subject: string, seconds: number, claims: object = {}): string {
  const exp = Math.floor(clock.now() / 1_000) + seconds
  return `header.${btoa(JSON.stringify({ sub: subject, exp, ...claims }))}.signature`
}

async function signedIn(token: string): Promise<HandTab> {
  const tab = openTab(hub)
  tab.ask({ event: 'auth', data: { token } })
  await settled()
  return tab
}

async function tell(end: WireEnd, ...frames: readonly ServerFrame[]): Promise<void> {
  end.send(...frames)
  await settled()
}

function authenticated(): ServerFrame {
  return { event: 'authenticated', data: { expiresAt: null, heartbeatMs: HEARTBEAT_MS } }
}

function subscribed(cursor: Cursor, last: Cursor | null): ServerFrame {
  return { event: 'subscribed', data: { channel: 'orders', cursor, last, recovered: true } }
}

function caughtUp(cursor: Cursor, last: Cursor | null, replayed = 0): ServerFrame {
  return { event: 'caught-up', data: { channel: 'orders', cursor, last, replayed } }
}

function heartbeat(cursor: Cursor, last: Cursor | null): ServerFrame {
  return { event: 'heartbeat', data: { channel: 'orders', cursor, last, ageMs: 0 } }
}

async function subscribe(tab: HandTab, cursor: Cursor): Promise<void> {
  tab.ask({ event: 'subscribe:orders', data: { cursor } })
  await settled()
}

/** A tab that is live at entry 10, on the first connection. */
async function liveTab(token: string, last: Cursor | null = at(9)): Promise<HandTab> {
  const tab = await signedIn(token)
  const [end] = wire.ends
  await tell(end!, authenticated())
  await subscribe(tab, at(10))
  await tell(end!, subscribed(at(10), last), caughtUp(at(10), last))
  tab.take()
  end!.take()
  return tab
}

test('a tab whose cursor is known here is answered here', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const event = anEvent(11, 9, anOrder('a'))
  await tell(wire.ends[0]!, event, heartbeat(at(15), at(11)))
  const second = await signedIn(token)
  await subscribe(second, at(10))
  expect(second.take()).toEqual([
    authenticated(),
    subscribed(at(10), at(9)),
    event,
    caughtUp(at(15), at(11), 1),
  ])
  const third = await signedIn(token)
  await subscribe(third, at(15))
  expect(third.take()).toEqual([
    authenticated(),
    subscribed(at(15), at(11)),
    caughtUp(at(15), at(11)),
  ])
  const next = anEvent(16, 11, anOrder('a', 2))
  await tell(wire.ends[0]!, next)
  expect(first.take().at(-1)).toEqual(next)
  expect([second.take(), third.take()]).toEqual([[next], [next]])
  expect(wire.ends).toHaveLength(1)
  expect(wire.ends[0]!.take()).toEqual([])
})

test('of a cursor that is not known here the server is asked, and the tab joins when it has caught up', async () => {
  const token = tokenOf('alice', 60)
  await liveTab(token)
  const tab = await signedIn(token)
  tab.take()
  await subscribe(tab, at(3))
  const [shared, side] = wire.ends
  expect(side!.take()).toEqual([{ event: 'auth', data: { token } }])
  await tell(side!, authenticated())
  expect(side!.take()).toEqual([{ event: 'subscribe:orders', data: { cursor: at(3) } }])
  const replay = [subscribed(at(3), at(2)), anEvent(9, 2, anOrder('a')), caughtUp(at(12), at(9), 1)]
  await tell(side!, ...replay)
  expect(tab.take()).toEqual(replay)
  // Further than the shared connection has got: what comes there now the tab may have.
  expect(side!.isDropped).toBe(false)
  await tell(side!, anEvent(13, 9, anOrder('a', 2)))
  await tell(shared!, anEvent(13, 9, anOrder('a', 2)))
  expect(side!.isDropped).toBe(true)
  await tell(shared!, anEvent(14, 13, anOrder('a', 3)))
  expect(tab.take()).toEqual([anEvent(13, 9, anOrder('a', 2)), anEvent(14, 13, anOrder('a', 3))])
})

test('a cursor that the server refuses is refused to that tab alone', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const tab = await signedIn(token)
  await subscribe(tab, '7.ffffffff')
  const data = { channel: 'orders', cursor: null, last: null, recovered: false } as const
  await tell(wire.ends[1]!, authenticated(), { event: 'subscribed', data })
  expect(tab.take().at(-1)).toEqual({ event: 'subscribed', data })
  expect(wire.ends[1]!.isDropped).toBe(true)
  expect(first.take()).toEqual([])
  await subscribe(tab, at(10))
  expect(tab.take().at(-1)).toEqual(caughtUp(at(10), at(9)))
})

test('a gap is told to all tabs', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  await subscribe(second, at(10))
  const data = { channel: 'orders', cursor: null, last: null, recovered: false } as const
  await tell(wire.ends[0]!, { event: 'subscribed', data })
  expect(first.take().at(-1)).toEqual({ event: 'subscribed', data })
  expect(second.take().at(-1)).toEqual({ event: 'subscribed', data })
})

test('somebody else has a connection of their own, and sees not a byte of this one', async () => {
  const alice = await liveTab(tokenOf('alice', 60))
  const bob = await signedIn(tokenOf('bob', 60))
  await tell(wire.ends[0]!, anEvent(11, 9, anOrder('a')))
  expect(bob.take()).toEqual([])
  await tell(wire.ends[1]!, authenticated())
  await subscribe(bob, at(10))
  expect(bob.take()).toEqual([authenticated()])
  expect(alice.take()).toHaveLength(1)
})

test('a token that says it is of the same bearer joins only once the server has taken it', async () => {
  await liveTab(tokenOf('alice', 60))
  const newer = tokenOf('alice', 120)
  const forged = await signedIn(newer)
  await subscribe(forged, at(10))
  expect(forged.take()).toEqual([])
  wire.ends[1]!.end(CLOSE_CODES.unauthorized)
  expect(forged.endedWith).toBe(4401)

  const honest = await signedIn(newer)
  await subscribe(honest, at(10))
  await tell(wire.ends[2]!, authenticated())
  expect(honest.take().at(-1)).toEqual(caughtUp(at(10), at(9)))
  // One connection is enough, and it lasts as long as the newer token.
  expect(wire.ends[2]!.isDropped).toBe(true)
  expect(wire.ends[0]!.take()).toEqual([{ event: 'auth', data: { token: newer } }])
})

test('a role more or less is another connection', async () => {
  await liveTab(tokenOf('sam', 60, { roles: ['staff'] }))
  const customer = await signedIn(tokenOf('sam', 60, { roles: [] }))
  await tell(wire.ends[1]!, authenticated())
  await subscribe(customer, at(10))
  expect(customer.take()).toEqual([authenticated()])
  expect(wire.ends[1]!.isDropped).toBe(false)
})

test('a token that has expired is for the server to judge', async () => {
  const token = tokenOf('alice', 60)
  await liveTab(token)
  await clock.advance(20_000)
  await tell(wire.ends[0]!, heartbeat(at(10), at(9)))
  await clock.advance(20_000)
  await tell(wire.ends[0]!, heartbeat(at(10), at(9)))
  await clock.advance(20_000)
  const late = await signedIn(token)
  expect(late.take()).toEqual([])
  wire.ends[1]!.end(CLOSE_CODES.unauthorized)
  expect(late.endedWith).toBe(4401)
})

test('one tab renews for all, once', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  second.take()
  const newer = tokenOf('alice', 120)
  first.ask({ event: 'auth', data: { token: newer } })
  second.ask({ event: 'auth', data: { token: newer } })
  expect(wire.ends[0]!.take()).toEqual([{ event: 'auth', data: { token: newer } }])
  await tell(wire.ends[0]!, authenticated())
  expect([first.take(), second.take()]).toEqual([[authenticated()], [authenticated()]])
  // Woken up late, with the token of before.
  second.ask({ event: 'auth', data: { token } })
  await settled()
  expect(second.take()).toEqual([authenticated()])
  expect(wire.ends[0]!.take()).toEqual([])
})

test('a renewal as somebody else ends that tab alone', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  second.ask({ event: 'auth', data: { token: tokenOf('bob', 120) } })
  expect(second.endedWith).toBe(4403)
  const third = await signedIn(token)
  third.ask({ event: 'auth', data: { token: tokenOf('alice', 120, { roles: ['staff'] }) } })
  expect(third.endedWith).toBe(4409)
  expect(first.endedWith).toBe(null)
  expect(wire.ends[0]!.take()).toEqual([])
})

test('the end of the connection is the end of all its tabs, with its code', async () => {
  const token = tokenOf('alice', 60)
  const tabs = [await liveTab(token), await signedIn(token)]
  wire.ends[0]!.end(CLOSE_CODES.restart)
  expect(tabs.map(({ endedWith }) => endedWith)).toEqual([1012, 1012])
})

test('nobody joins a connection that is dead', async () => {
  const token = tokenOf('alice', 600)
  const first = await liveTab(token)
  await clock.advance(2.5 * HEARTBEAT_MS)
  expect(first.endedWith).toBe(1006)
  expect(wire.ends[0]!.isDropped).toBe(true)
  await signedIn(token)
  expect(wire.ends).toHaveLength(2)
})

test('the last tab of a channel ends its subscription, the last of all the connection', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  first.ask({ event: 'unsubscribe:orders' })
  await settled()
  expect(first.take()).toEqual([{ event: 'unsubscribed', data: { channel: 'orders' } }])
  expect(wire.ends[0]!.take()).toEqual([{ event: 'unsubscribe:orders' }])
  first.drop()
  expect(wire.ends[0]!.isDropped).toBe(false)
  second.drop()
  expect(wire.ends[0]!.isDropped).toBe(true)
})

test('two connections that tell different histories end both', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  await subscribe(second, at(3))
  await tell(wire.ends[1]!, authenticated(), subscribed(at(3), null))
  await tell(wire.ends[1]!, caughtUp('10.ffffffff', null))
  expect([first.endedWith, second.endedWith]).toEqual([4409, 4409])
})

test('a heartbeat names no last event to a tab that was told of none', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  const second = await signedIn(token)
  await subscribe(second, at(3))
  await tell(wire.ends[1]!, authenticated(), subscribed(at(3), null), caughtUp(at(10), null))
  await tell(wire.ends[0]!, heartbeat(at(12), at(9)))
  expect(first.take()).toEqual([heartbeat(at(12), at(9))])
  expect(second.take().at(-1)).toEqual(heartbeat(at(12), null))
  await tell(wire.ends[0]!, anEvent(13, 9, anOrder('a')), heartbeat(at(14), at(13)))
  expect(second.take().at(-1)).toEqual(heartbeat(at(14), at(13)))
})

test('a hole is for the tabs to see, and nobody is answered across it', async () => {
  const token = tokenOf('alice', 60)
  const first = await liveTab(token)
  await tell(wire.ends[0]!, anEvent(13, 11, anOrder('a', 2)))
  expect(first.take()).toEqual([anEvent(13, 11, anOrder('a', 2))])
  const second = await signedIn(token)
  await subscribe(second, at(10))
  expect(second.take()).toEqual([authenticated()])
  expect(wire.ends).toHaveLength(2)
})

test('channels are asked for one after the other, and a refusal reaches who asked', async () => {
  const tab = await liveTab(tokenOf('alice', 60))
  tab.ask({ event: 'subscribe:admin', data: {} })
  await settled()
  expect(wire.ends[0]!.take()).toEqual([{ event: 'subscribe:admin', data: {} }])
  const error = { event: 'error', data: { code: 'forbidden', message: 'No.' } } as const
  await tell(wire.ends[0]!, error)
  expect(tab.take()).toEqual([error])
})

test('nothing is answered before a token', async () => {
  const tab = openTab(hub)
  tab.ask({ event: 'subscribe:orders', data: {} })
  await settled()
  expect(tab.take()).toMatchObject([{ event: 'error', data: { code: 'unauthenticated' } }])
  expect(wire.ends).toHaveLength(0)
})
