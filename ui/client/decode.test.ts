import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { encodeFrame, type ServerFrame } from '../../server/protocol/frames'
import { channelOf, decodeServerFrame } from './decode'
import { anEvent, anOrder, at } from './testing/orders'

const FRAMES: readonly ServerFrame[] = [
  { event: 'authenticated', data: { expiresAt: null, heartbeatMs: 10 } },
  { event: 'subscribed', data: { channel: 'orders', cursor: at(1), last: null } },
  {
    event: 'subscribed',
    data: { channel: 'admin', cursor: null, last: null, recovered: false, reason: 'expired' },
  },
  anEvent(1, null, anOrder('a')),
  { event: 'caught-up', data: { channel: 'orders', cursor: at(1), last: at(1), replayed: 0 } },
  { event: 'heartbeat', data: { channel: 'orders', cursor: at(1), last: null, ageMs: 3 } },
  { event: 'unsubscribed', data: { channel: 'admin' } },
  { event: 'error', data: { code: 'forbidden', message: 'no' } },
]

test('what the server sends is understood', () => {
  for (const frame of FRAMES) {
    expect(decodeServerFrame(encodeFrame(frame))).toEqual({ ok: true, frame })
  }
})

test('an event that is not known here is nothing, and no error', () => {
  for (const event of ['order:split', 'toString', 'constructor']) {
    expect(decodeServerFrame(JSON.stringify({ event }))).toEqual({ ok: true, frame: null })
  }
})

test('a member that the client relies on and that is missing is told', () => {
  for (const frame of FRAMES) {
    const { event } = frame
    expect(decodeServerFrame(JSON.stringify({ event })).ok).toBe(false)
    expect(decodeServerFrame(JSON.stringify({ event, data: 1, id: 1, prev: 1 })).ok).toBe(false)
  }
  const { id: _, ...withoutId } = anEvent(1, null, anOrder('a'))
  expect(decodeServerFrame(JSON.stringify(withoutId))).toEqual({
    ok: false,
    message: 'order:created: id must be a non-empty string',
  })
})

test('nothing that arrives can throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => !!decodeServerFrame(line)))
})

test('the channel follows from the name', () => {
  expect(channelOf('order:created')).toBe('orders')
  expect(channelOf('admin:order:created')).toBe('admin')
  expect(channelOf('admin:stats')).toBe('admin')
})
