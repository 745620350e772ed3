import { describe, expect, test } from 'bun:test'
import { CLOSE_CODES } from '../../server/protocol/close-codes'
import type { Order } from '../../server/protocol/order'
import {
  createClient,
  memoryStorage,
  SnapshotRefused,
  systemClock,
  type ClientOptions,
  type ClientProblem,
  type ClientState,
  type OpenSocket,
  type WakeUp,
} from './index'
import { HEARTBEAT_MS, ModelServer } from './testing/model-server'
import { createVirtualClock, settled } from './testing/virtual-clock'

/** A client of a model server, with time and the platform in the test's hands. */
function aWorld(options: Partial<ClientOptions> = {}, random = () => 0.5) {
  const server = new ModelServer()
  const clock = createVirtualClock()
  const shown: Order[] = []
  const problems: ClientProblem[] = []
  const states: ClientState[] = []
  let wakeUp: (wakeUp: WakeUp) => void = () => {}
  let online = true
  let opened = 0
  const openSocket: OpenSocket = (url, listener) => {
    opened++
    return server.openSocket(url, listener)
  }
  const client = createClient({
    url: 'ws://model/ws',
    token: async () => 'token',
    subject: 'alice',
    snapshot: () => server.snapshot(),
    ...options,
    seams: {
      openSocket,
      clock,
      random,
      wakeUps: (listener) => {
        wakeUp = listener
        if (!online) listener('offline')
        return () => {}
      },
      ...options.seams,
    },
  })
  client.on('order:created', (order) => shown.push(order))
  client.on('order:updated', (order) => shown.push(order))
  client.on('error', (problem) => problems.push(problem))
  client.on('state', (state) => states.push(state))
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      await settled()
      server.deliver(Infinity)
    }
    await settled()
  }
  return {
    server,
    clock,
    client,
    shown,
    problems,
    states,
    settle,
    opened: () => opened,
    wakeUp: (kind: WakeUp) => wakeUp(kind),
    /** As it is before anybody listens. */
    goOffline: () => void (online = false),
  }
}

async function aLiveWorld(options: Partial<ClientOptions> = {}, random = () => 0.5) {
  const world = aWorld(options, random)
  world.client.subscribe('orders')
  world.client.connect()
  await world.settle()
  expect(world.client.state.status).toBe('live')
  return world
}

/** Every connection fails, as with no server there. */
const nobodyThere: OpenSocket = (_, listener) => {
  queueMicrotask(() => listener.ended(1006, ''))
  return { send: () => {}, drop: () => {} }
}

describe('a server without a place in its log', () => {
  test('shows what there is, says that updates are delayed, and is live once it has one', async () => {
    const world = await aLiveWorld()
    const { client, clock, server, settle } = world
    const snapshots: (string | null)[] = []
    client.on('snapshot', ({ cursor, items }) => {
      snapshots.push(cursor)
      expect(items).toHaveLength(server.log.table.size)
    })
    server.restartWithoutLog()
    for (const id of ['x', 'y']) server.append(id)
    await clock.advance(10 * HEARTBEAT_MS)
    await settle()
    await clock.advance(HEARTBEAT_MS)
    await settle()
    expect(client.state).toMatchObject({ status: 'delayed', channels: { orders: 'delayed' } })
    expect(client.place('orders')).toBeNull()
    const opened = world.opened()
    await clock.advance(60 * HEARTBEAT_MS)
    // Further and further apart, on the connection that there is.
    expect(snapshots.length).toBeGreaterThan(4)
    expect(snapshots.length).toBeLessThan(10)
    expect(new Set(snapshots)).toEqual(new Set([null]))
    expect(world.opened()).toBe(opened)
    server.refilled()
    for (let round = 0; round < 5; round++) {
      await clock.advance(10 * HEARTBEAT_MS)
      await settle()
    }
    expect(client.state).toMatchObject({ status: 'live', channels: { orders: 'live' } })
    expect(snapshots.at(-1)).toBe(server.log.position)
  })
})

describe('a lost connection', () => {
  test('is tried again further and further apart, and the state says when', async () => {
    const { client, clock } = aWorld({ seams: { openSocket: nobodyThere } })
    client.connect()
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt++) {
      await settled()
      expect(client.state).toMatchObject({ status: 'waiting', reason: 'connection lost' })
      const wait = client.state.retryAt! - clock.now()
      waits.push(wait)
      await clock.advance(wait)
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  })

  test('after one that lasted is tried again soon', async () => {
    const { client, clock, server, settle } = await aLiveWorld()
    for (let time = 0; time < 5; time++) {
      await clock.advance(HEARTBEAT_MS)
      server.heartbeat()
      await settle()
      await clock.advance(HEARTBEAT_MS)
      server.end(CLOSE_CODES.abnormal)
      expect(client.state.retryAt).toBe(clock.now() + 250)
      await clock.advance(250)
      await settle()
    }
  })

  test('that never lasts is no reason to hammer the server', async () => {
    const { client, clock, server, settle } = await aLiveWorld()
    const waits: number[] = []
    for (let time = 0; time < 4; time++) {
      server.end(CLOSE_CODES.resume)
      waits.push(client.state.retryAt! - clock.now())
      await clock.advance(waits.at(-1)!)
      await settle()
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000])
  })

  test('shows in silence, and the client resumes on another', async () => {
    const { client, clock, server, shown, settle, opened } = await aLiveWorld()
    server.loseNext(1)
    server.append('a')
    await clock.advance(2.5 * HEARTBEAT_MS)
    expect(client.state.status).toBe('waiting')
    await clock.advance(1_000)
    await settle()
    expect(opened()).toBe(2)
    expect(shown.map(({ orderId }) => orderId)).toEqual(['a'])
  })

  test('is not seen in the silence before anything was subscribed', async () => {
    const { client, clock, settle, opened } = aWorld()
    client.connect()
    await settle()
    await clock.advance(100 * HEARTBEAT_MS)
    client.subscribe('orders', { from: 'now' })
    await clock.advance(HEARTBEAT_MS)
    await settle()
    expect(client.state.status).toBe('live')
    expect(opened()).toBe(1)
  })

  test('is not seen in the silence of a connection with nothing subscribed', async () => {
    const { client, clock, settle, opened } = aWorld()
    client.connect()
    await settle()
    await clock.advance(100 * HEARTBEAT_MS)
    expect(client.state.status).toBe('live')
    expect(opened()).toBe(1)
  })

  test('a handshake that takes too long is given up', async () => {
    const { client, clock } = aWorld()
    client.connect()
    await clock.advance(9_999)
    expect(client.state.status).toBe('connecting')
    await clock.advance(1)
    expect(client.state.status).toBe('waiting')
  })

  test('an address that is none is told, and asked for again', async () => {
    let asked = 0
    const { client, clock, problems } = aWorld({
      url: () => {
        asked++
        throw new SyntaxError('no address')
      },
    })
    client.connect()
    await settled()
    expect(problems).toMatchObject([{ source: 'app' }])
    await clock.advance(250)
    expect(asked).toBe(2)
  })
})

describe('a wake-up', () => {
  test('ends the wait for a lost connection, jittered', async () => {
    const { client, clock, wakeUp } = aWorld({ seams: { openSocket: nobodyThere } })
    client.connect()
    await clock.advance(20_000)
    wakeUp('visible')
    expect(client.state.retryAt).toBe(clock.now() + 125)
  })

  test('does not end a wait that the server asked for', async () => {
    const { client, clock, server, wakeUp } = await aLiveWorld()
    server.end(CLOSE_CODES.tooMany)
    const { retryAt } = client.state
    expect(retryAt).toBe(clock.now() + 5_000)
    wakeUp('online')
    expect(client.state.retryAt).toBe(retryAt)
  })

  test('after a long sleep finds the connection dead at once', async () => {
    const clock = createVirtualClock()
    let slept = 0
    const sleepy = { now: () => clock.now() + slept, after: clock.after }
    const { client, wakeUp } = await aLiveWorld({ seams: { clock: sleepy } })
    slept = 3_600_000
    wakeUp('visible')
    expect(client.state.status).toBe('waiting')
  })

  test('does not hurry a snapshot that the server asked to wait for', async () => {
    let taken = 0
    const { client, clock, server, settle, wakeUp } = await aLiveWorld({}, () => 0)
    client.on('snapshot', () => taken++)
    server.gap('a')
    await settle()
    wakeUp('visible')
    await settle()
    expect(taken).toBe(0)
    await clock.advance(50)
    await settle()
    expect(taken).toBe(1)
    expect(client.state.status).toBe('live')
  })

  test('lets a snapshot that failed be tried again', async () => {
    const { client, clock, server, settle, wakeUp } = aWorld()
    server.failSnapshots(6)
    client.subscribe('orders')
    client.connect()
    await settle()
    for (let time = 0; time < 6; time++) {
      expect(client.state.channels).toEqual({ orders: 'snapshot' })
      wakeUp('visible')
      await clock.advance(125)
    }
    await settle()
    expect(client.state.status).toBe('live')
  })
})

test('offline is said at once; attempts go on, in case the platform is wrong', async () => {
  const { client, clock, settle, wakeUp, states } = await aLiveWorld()
  wakeUp('offline')
  expect(client.state.status).toBe('offline')
  await clock.advance(250)
  await settle()
  expect(client.state.status).toBe('live')
  expect(states.map(({ status }) => status)).toContain('offline')
})

test('it is offline from the start, and after another start, where the platform says so', async () => {
  const { client, clock, goOffline, wakeUp } = aWorld({ seams: { openSocket: nobodyThere } })
  goOffline()
  client.connect()
  await clock.advance(20_000)
  expect(client.state.status).toBe('offline')
  client.close()
  expect(client.state.status).toBe('idle')
  client.connect()
  await clock.advance(20_000)
  expect(client.state.status).toBe('offline')
  wakeUp('online')
  expect(client.state.status).toBe('waiting')
})

test('online ends it', async () => {
  const { client, clock, wakeUp } = aWorld({ seams: { openSocket: nobodyThere } })
  client.connect()
  await clock.advance(20_000)
  wakeUp('offline')
  expect(client.state.status).toBe('offline')
  wakeUp('online')
  expect(client.state.status).toBe('waiting')
})

describe('the token', () => {
  test('that cannot be had is told, and asked for again', async () => {
    let asked = 0
    const { client, clock, problems, settle } = aWorld({
      token: async () => {
        if (asked++ === 0) throw new Error('sign-in is down')
        return 'token'
      },
    })
    client.connect()
    await settled()
    expect(problems).toMatchObject([{ source: 'token' }])
    await clock.advance(250)
    await settle()
    expect(client.state.status).toBe('live')
  })

  test('that does not come is given up, and asked for again', async () => {
    let asked = 0
    const { client, clock, settle } = aWorld({
      token: () => (asked++ === 0 ? new Promise(() => {}) : Promise.resolve('token')),
    })
    client.subscribe('orders')
    client.connect()
    await clock.advance(10_000)
    expect(client.state.status).toBe('waiting')
    await clock.advance(250)
    await settle()
    expect(client.state.status).toBe('live')
  })

  test('that comes late leaves the socket its full time', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const { client, clock, settle } = aWorld({ token: () => promise })
    client.subscribe('orders')
    client.connect()
    await clock.advance(9_000)
    resolve('token')
    await settled()
    await clock.advance(9_000)
    expect(client.state.status).toBe('connecting')
    await settle()
    expect(client.state.status).toBe('live')
  })

  test('a wait of months is not over at once', async () => {
    let early = false
    const cancel = systemClock.after(2 ** 31 + 1_000, () => {
      early = true
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    cancel()
    expect(early).toBe(false)
  })
})

describe('a snapshot', () => {
  test('that does not arrive is given up and asked for again', async () => {
    const signals: AbortSignal[] = []
    const { client, clock, problems } = aWorld({
      snapshot: (_, signal) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    client.subscribe('orders')
    client.connect()
    await clock.advance(30_250)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(problems).toMatchObject([{ source: 'snapshot' }])
    client.close()
    expect(signals[1]!.aborted).toBe(true)
  })

  test('that is refused ends the channel, until it is wanted again', async () => {
    let allowed = false
    const { client, server, settle } = aWorld({
      snapshot: () => {
        if (!allowed) throw new SnapshotRefused('staff only')
        return server.snapshot()
      },
    })
    client.subscribe('orders')
    client.connect()
    await settle()
    expect(client.state).toMatchObject({ status: 'live', channels: { orders: 'refused' } })
    allowed = true
    client.subscribe('orders')
    await settle()
    expect(client.state.channels).toEqual({ orders: 'live' })
  })
})

test('a channel that the server ended is taken up again, on the same connection', async () => {
  const { client, clock, server, settle, opened } = await aLiveWorld()
  const snapshots: number[] = []
  client.on('snapshot', ({ items }) => snapshots.push(items.length))
  server.gap('only in the tables')
  await settle()
  expect(client.state.channels).toEqual({ orders: 'snapshot' })
  await clock.advance(50)
  await settle()
  expect(client.state.status).toBe('live')
  expect(snapshots).toEqual([2])
  expect(opened()).toBe(1)
})

describe('the app', () => {
  test('closing while an event is applied gets no further one, and this one not again', async () => {
    const { client, server, shown, settle } = await aLiveWorld()
    const stop = client.on('order:created', () => {
      stop()
      client.close()
    })
    for (const id of ['a', 'b']) server.append(id)
    await settle()
    expect(shown.map(({ orderId }) => orderId)).toEqual(['a'])
    client.connect()
    await settle()
    expect(shown.map(({ orderId }) => orderId)).toEqual(['a', 'b'])
  })

  test('gets the events of a frame in one batch', async () => {
    const batches: number[] = []
    let inBatch = 0
    const { server, settle, client } = await aLiveWorld({
      batch: (deliver) => {
        inBatch = 0
        deliver()
        batches.push(inBatch)
      },
    })
    client.on('order:created', () => inBatch++)
    batches.length = 0
    server.append('a')
    await settle()
    expect(batches).toEqual([1])
  })

  test('whose batch fails loses no event', async () => {
    const { server, settle, shown, problems } = await aLiveWorld({
      batch: () => {
        throw new Error('broken batch')
      },
    })
    server.append('a')
    await settle()
    expect(shown).toHaveLength(1)
    expect(problems[0]).toMatchObject({ source: 'app' })
  })

  test('that keeps a place of its own resumes from it', async () => {
    const { client, server, settle, shown } = aWorld()
    const cursor = server.log.position
    server.append('a')
    client.subscribe('orders', { from: { cursor, last: cursor } })
    client.connect()
    await settle()
    expect(shown).toHaveLength(1)
  })

  test('reloaded shows what was kept and resumes, without a snapshot', async () => {
    const storage = memoryStorage()
    const items = new Map<string, Order>()
    const keep = { orders: () => ({ items: [...items.values()] }) }
    const { client, server, settle } = await aLiveWorld({ storage, keep })
    client.on('order:created', (order) => void items.set(order.orderId, order))
    server.append('a')
    await settle()
    client.close()
    server.append('b')
    const sources: string[] = []
    const next = aWorld({
      storage,
      keep,
      snapshot: () => Promise.reject(new Error('no need')),
      seams: { openSocket: server.openSocket },
    })
    next.client.on('snapshot', ({ source }) => sources.push(source))
    next.client.subscribe('orders')
    expect(sources).toEqual(['kept'])
    expect(next.client.place('orders')).toEqual(client.place('orders'))
    next.client.connect()
    await settle()
    expect(next.shown.map(({ orderId }) => orderId)).toEqual(['b'])
    expect(next.problems).toEqual([])
  })

  test('is told of states, not of each step to them', async () => {
    const { states, client } = await aLiveWorld()
    client.close()
    await settled()
    expect(states.map(({ status, channels }) => [status, channels.orders])).toEqual([
      ['connecting', 'snapshot'],
      ['connecting', 'resuming'],
      ['catching-up', 'resuming'],
      ['live', 'live'],
      ['idle', 'resuming'],
    ])
  })
})
