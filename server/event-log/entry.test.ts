import { describe, expect, test } from 'bun:test'
import { buildEvent, buildNote, buildOpen, eventTag, headAfter, noteTag } from './entry'
import type { OrderEvent } from './event-log'

const EVENT: OrderEvent = {
  name: 'created',
  customer: 'ann é',
  data: '{"orderId":"1"}',
  staffOnly: '"fraudScore":7',
}
const GUEST: OrderEvent = { name: 'updated', customer: null, data: '{}', staffOnly: '' }

// What `xxhsum -H64` and `sha1sum` print for the same bytes: any other log computes them too.
test('tags are what the documented hashes give', () => {
  expect(eventTag('abcd0123', 'order.created-0@7', EVENT)).toBe('3a0832de')
  expect(eventTag('abcd0123', 'o-1@1', GUEST)).toBe('81a9a93c')
  expect(noteTag('', '', 'beat', '12')).toBe('50d8d180')
  expect(noteTag('abcd0123', 'order.created-0@', 'gap', 'order.created-0')).toBe('dd290fc1')
})

test('any part that differs gives another tag', () => {
  const base = eventTag('abcd0123', 's@1', EVENT)
  const others = [
    eventTag('abcd0124', 's@1', EVENT),
    eventTag('abcd0123', 's@2', EVENT),
    eventTag('abcd0123', 's@1', { ...EVENT, name: 'updated' }),
    eventTag('abcd0123', 's@1', { ...EVENT, customer: 'bob' }),
    eventTag('abcd0123', 's@1', { ...EVENT, data: '{"orderId":"2"}' }),
    eventTag('abcd0123', 's@1', { ...EVENT, staffOnly: '' }),
  ]
  expect(new Set([base, ...others]).size).toBe(7)
})

describe('links', () => {
  const opening = buildOpen('1', 5)
  const start = headAfter({ lastEvent: '' }, opening)

  test('an event names the tag before it and the event before it, past other entries', () => {
    const first = buildEvent(start, { id: '2', at: 6, source: 's@1' }, EVENT, '')
    const afterFirst = headAfter(start, first)
    const beat = buildNote(afterFirst, { id: '3', at: 7, source: '' }, 'beat', '0')
    const head = headAfter(afterFirst, beat)
    expect(head).toEqual({ id: '3', tag: beat.tag, lastEvent: `2.${first.tag}` })
    const second = buildEvent(head, { id: '4', at: 8, source: 's@2' }, EVENT, `2.${first.tag}`)
    expect([first.prevTag, beat.prevTag, second.prevTag]).toEqual([
      opening.tag,
      first.tag,
      beat.tag,
    ])
    expect([first.prevEvent, second.prevEvent]).toEqual(['', `2.${first.tag}`])
    expect(second.prevOfCustomer).toBe(`2.${first.tag}`)
  })

  test('two logs never open with the same tag', () => {
    const tags = Array.from({ length: 50 }, () => buildOpen('1', 5).tag)
    expect(new Set(tags).size).toBe(50)
    for (const tag of tags) expect(tag).toMatch(/^[0-9a-f]{8}$/)
  })
})
