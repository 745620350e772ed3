import { describe, expect, test } from 'bun:test'
import type { Resume } from './api'
import { Channel, type Start } from './channel'
import { anEvent, anOrder, at } from './testing/orders'

/** A channel with a record of what it asked for. */
function aChannel(start: Start = { after: 'kept', place: { cursor: at(1), last: at(1) } }) {
  const asked: string[] = []
  const delivered: string[] = []
  const resumes: Resume[] = []
  const channel: Channel = new Channel('orders', start, {
    deliver: (frame, replayed) => delivered.push(`${replayed ? 'replayed' : 'live'} ${frame.id}`),
    operate: (kind) => asked.push(kind),
    load: (retryAfterMs, rounds) => asked.push(`snapshot after ${retryAfterMs ?? 0}, ${rounds}`),
    resumed: (resume) => resumes.push(resume),
    changed: () => {},
  })
  return { channel, asked, delivered, resumes }
}

function subscribed(channel: Channel, last: string | null = at(1)): void {
  channel.connected()
  channel.subscribeFrame()
  channel.onSubscribed({ channel: 'orders', cursor: at(1), last, recovered: true })
}

function caughtUp(channel: Channel, cursor = at(1), last = cursor, replayed = 0): void {
  channel.onCaughtUp({ channel: 'orders', cursor, last, replayed })
}

const order = anOrder('a')
const NOT_RECOVERED = {
  channel: 'orders',
  cursor: null,
  last: null,
  recovered: false,
  reason: 'source_gap',
  retryAfterMs: 70,
} as const

describe('a resume', () => {
  test('sends the cursor, applies what is replayed, and is live', () => {
    const { channel, delivered, resumes } = aChannel()
    channel.connected()
    expect(channel.subscribeFrame()).toEqual({
      event: 'subscribe:orders',
      data: { cursor: at(1) },
    })
    channel.onSubscribed({ channel: 'orders', cursor: at(1), last: at(1), recovered: true })
    channel.onEvent(anEvent(2, 1, order))
    caughtUp(channel, at(2), at(2), 1)
    channel.onEvent(anEvent(3, 2, order))
    expect(delivered).toEqual([`replayed ${at(2)}`, `live ${at(3)}`])
    expect(resumes).toEqual([{ channel: 'orders', after: 'kept', recovered: true, replayed: 1 }])
    expect(channel.place).toEqual({ cursor: at(3), last: at(3) })
  })

  test('is not believed by a heartbeat before it has ended', () => {
    const { channel } = aChannel()
    subscribed(channel)
    channel.onHeartbeat({ channel: 'orders', cursor: at(9), last: null, ageMs: 0 })
    expect(channel.place?.cursor).toBe(at(1))
  })

  test('that ends early goes on from where it stopped', () => {
    const { channel, asked } = aChannel()
    subscribed(channel)
    channel.onEvent(anEvent(2, 1, order))
    channel.disconnected()
    channel.connected()
    expect(channel.subscribeFrame().event).toBe('subscribe:orders')
    expect(channel.place).toEqual({ cursor: at(2), last: at(2) })
    expect(asked).toEqual(['subscribe', 'subscribe'])
  })

  test('whose end did not arrive shows a hole', () => {
    const { channel, asked } = aChannel()
    subscribed(channel)
    channel.onEvent(anEvent(2, 1, order))
    caughtUp(channel, at(3), at(3), 2)
    expect(asked).toEqual(['subscribe', 'unsubscribe'])
    expect(channel.place?.cursor).toBe(at(2))
  })

  test('from where no last event is known is held back until it is known to be whole', () => {
    const { channel, asked, delivered } = aChannel({
      after: 'kept',
      place: { cursor: at(1), last: null },
    })
    subscribed(channel, null)
    channel.onEvent(anEvent(3, 2, order))
    channel.onEvent(anEvent(4, 3, order))
    expect(delivered).toEqual([])
    caughtUp(channel, at(4), at(4), 3)
    expect(asked).toEqual(['subscribe', 'unsubscribe'])
    channel.onUnsubscribed()
    subscribed(channel, null)
    for (const number of [2, 3, 4]) channel.onEvent(anEvent(number, number - 1, order))
    caughtUp(channel, at(4), at(4), 3)
    expect(delivered).toEqual([2, 3, 4].map((number) => `replayed ${at(number)}`))
    expect(channel.status).toBe('live')
  })
})

describe('without a cursor', () => {
  test('it is live from the node, and no resume is told', () => {
    const { channel, resumes } = aChannel({ after: 'now' })
    channel.connected()
    expect(channel.subscribeFrame()).toEqual({ event: 'subscribe:orders', data: {} })
    channel.onSubscribed({ channel: 'orders', cursor: at(7), last: at(5) })
    caughtUp(channel, at(7), at(5))
    expect(channel.place).toEqual({ cursor: at(7), last: at(5) })
    expect(resumes).toEqual([])
  })
})

describe('live', () => {
  function live() {
    const made = aChannel()
    subscribed(made.channel)
    caughtUp(made.channel)
    return made
  }

  test('an event that was applied is not applied again, and no reason to resume', () => {
    const { channel, asked, delivered } = live()
    channel.onEvent(anEvent(2, 1, order))
    channel.onEvent(anEvent(3, 2, order))
    channel.onEvent(anEvent(2, 1, order))
    expect(delivered).toHaveLength(2)
    expect(asked).toEqual(['subscribe'])
  })

  test('a hole leaves and resumes from the cursor; what arrives meanwhile is ignored', () => {
    const { channel, asked, delivered } = live()
    channel.onEvent(anEvent(3, 2, order))
    channel.onEvent(anEvent(4, 3, order))
    channel.onHeartbeat({ channel: 'orders', cursor: at(4), last: null, ageMs: 0 })
    expect(delivered).toEqual([])
    channel.onUnsubscribed()
    expect(channel.subscribeFrame()).toMatchObject({ data: { cursor: at(1) } })
    expect(asked).toEqual(['subscribe', 'unsubscribe', 'subscribe'])
  })

  test('a heartbeat shows a hole that no later event shows', () => {
    const { channel, asked } = live()
    channel.onHeartbeat({ channel: 'orders', cursor: at(2), last: at(2), ageMs: 0 })
    expect(asked).toEqual(['subscribe', 'unsubscribe'])
  })

  test('a second hole at the same cursor wants a snapshot, one further on does not', () => {
    const { channel, asked } = live()
    channel.onEvent(anEvent(3, 2, order))
    channel.onUnsubscribed()
    subscribed(channel)
    channel.onEvent(anEvent(2, 1, order))
    channel.onEvent(anEvent(4, 3, order))
    expect(channel.status).toBe('resuming')
    channel.onUnsubscribed()
    channel.subscribeFrame()
    channel.onSubscribed({ channel: 'orders', cursor: at(2), last: at(2), recovered: true })
    channel.onEvent(anEvent(4, 3, order))
    expect(channel.status).toBe('snapshot')
    channel.onUnsubscribed()
    expect(asked.at(-1)).toBe('snapshot after 0, 0')
  })

  test('a subscription that the server ended wants a snapshot', () => {
    const { channel, asked, resumes } = live()
    channel.onDropped(NOT_RECOVERED)
    expect(asked.at(-1)).toBe('snapshot after 70, 0')
    expect(resumes.at(-1)).toMatchObject({ recovered: false, reason: 'source_gap' })
  })

  test('one that the server ended while it was left wants a snapshot, too', () => {
    const { channel, asked } = live()
    channel.onEvent(anEvent(3, 2, order))
    channel.onDropped(NOT_RECOVERED)
    expect(asked.at(-1)).toBe('unsubscribe')
    channel.onUnsubscribed()
    expect(asked.at(-1)).toBe('snapshot after 0, 0')
  })

  test('after a snapshot what was applied before is news again', () => {
    const { channel, delivered } = live()
    channel.onEvent(anEvent(2, 1, order))
    channel.onDropped(NOT_RECOVERED)
    channel.onSnapshot({ items: [], cursor: at(1) })
    subscribed(channel)
    channel.onEvent(anEvent(2, 1, order))
    expect(delivered).toHaveLength(2)
  })

  test('snapshots that follow each other are counted until a heartbeat says that all is well', () => {
    const { channel, asked } = live()
    for (const _ of [1, 2]) {
      channel.onDropped(NOT_RECOVERED)
      channel.onSnapshot({ items: [], cursor: at(1) })
      subscribed(channel)
      caughtUp(channel)
    }
    expect(asked.filter((what) => what.startsWith('snapshot'))).toEqual([
      'snapshot after 70, 0',
      'snapshot after 70, 1',
    ])
    channel.onHeartbeat({ channel: 'orders', cursor: at(1), last: at(1), ageMs: 0 })
    channel.onDropped(NOT_RECOVERED)
    expect(asked.at(-1)).toBe('snapshot after 70, 0')
  })

  test('a snapshot without a cursor is asked for again, later and later, and is no place', () => {
    const { channel, asked } = live()
    channel.onDropped(NOT_RECOVERED)
    expect(channel.status).toBe('snapshot')
    for (let time = 0; time < 3; time++) channel.onSnapshot({ items: [], cursor: null })
    expect(asked.slice(-3)).toEqual([
      'snapshot after 0, 1',
      'snapshot after 0, 2',
      'snapshot after 0, 3',
    ])
    expect(channel.status).toBe('delayed')
    expect(channel.place).toBeNull()
    channel.connected()
    channel.disconnected()
    expect(asked.at(-1)).toBe('snapshot after 0, 3')
    channel.onSnapshot({ items: [], cursor: at(1) })
    channel.connected()
    expect(asked.at(-1)).toBe('subscribe')
    expect(channel.status).toBe('resuming')
  })

  test('nothing is delivered once it has ended', () => {
    const { channel, delivered } = live()
    channel.end()
    channel.onEvent(anEvent(2, 1, order))
    expect(delivered).toEqual([])
  })
})
