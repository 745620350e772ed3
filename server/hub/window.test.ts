import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { EventEntry, LogChannel, LogEntry } from '../event-log/event-log'
import { chainOf, type Draft } from '../testing/log-entries'
import { cursorOf } from '../event-log/entry'
import { ReplayWindow } from './window'

const CUSTOMERS = ['alice', 'bob', null] as const

const drafts: fc.Arbitrary<Draft[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('event', 'event', 'event', 'beat', 'gap', 'revoke'),
    customer: fc.constantFrom(...CUSTOMERS),
    data: fc.string({ maxLength: 20 }).map((text) => JSON.stringify({ text })),
  }),
  { maxLength: 40 },
)

const CHANNELS: readonly LogChannel[] = [
  { name: 'admin' },
  { name: 'orders', customer: 'alice' },
  { name: 'orders', customer: 'bob' },
  { name: 'orders', customer: 'nobody' },
]

function isOn(channel: LogChannel, entry: LogEntry): entry is EventEntry {
  if (entry.kind !== 'event') return false
  return channel.name === 'admin' || entry.event.customer === channel.customer
}

describe('a window against a list that forgets nothing', () => {
  test('holds the newest entries, gapless and in order', () => {
    fc.assert(
      fc.property(drafts, fc.integer({ min: 1, max: 12 }), (list, maxEntries) => {
        const entries = chainOf(list)
        const window = windowOf(entries, maxEntries)
        const held = entries.slice(-maxEntries)
        expect(window.last - window.first + 1).toBe(held.length)
        held.forEach((entry, at) => expect(window.entry(window.first + at)).toBe(entry))
      }),
    )
  })

  test('finds exactly the entries that it holds, with exactly their tags', () => {
    fc.assert(
      fc.property(drafts, fc.integer({ min: 1, max: 12 }), (list, maxEntries) => {
        const entries = chainOf(list)
        const window = windowOf(entries, maxEntries)
        for (const [at, entry] of entries.entries()) {
          const held = at >= entries.length - maxEntries
          expect(window.find(entry)).toBe(held ? at : null)
          expect(window.find({ id: entry.id, tag: '00000000' })).toBeNull()
        }
      }),
    )
  })

  test('knows what a channel missed since any place, and never guesses its last event', () => {
    fc.assert(
      fc.property(drafts, fc.integer({ min: 1, max: 12 }), (list, maxEntries) => {
        const entries = chainOf(list)
        const window = windowOf(entries, maxEntries)
        for (const channel of CHANNELS) {
          for (let seq = window.first - 1; seq <= window.last; seq++) {
            const missed = window.missed(channel, seq, Infinity)!
            const after = entries.slice(seq + 1).filter((entry) => isOn(channel, entry))
            expect(missed.seqs.map((at) => window.entry(at))).toEqual(after)
            const before = entries.slice(0, seq + 1).findLast((entry) => isOn(channel, entry))
            const last = before ? cursorOf(before) : null
            // Only what is held, or named by what is held, can be known.
            const known = after.length > 0 || (before && entries.indexOf(before) >= window.first)
            if (known) expect(missed.last).toBe(last)
            else expect([null, last]).toContain(missed.last)
            if (after.length > 0) {
              expect(window.missed(channel, seq, after.length - 1)).toBeNull()
              expect(window.missed(channel, seq, after.length)).toEqual(missed)
            }
          }
        }
      }),
    )
  })

  test('counts what it holds, frames included, and forgets as much', () => {
    fc.assert(
      fc.property(drafts, fc.integer({ min: 300, max: 3_000 }), (list, maxBytes) => {
        const window = new ReplayWindow({ maxEntries: 1_000, maxBytes })
        for (const entry of chainOf(list)) {
          const seq = window.push(entry)
          if (entry.kind === 'event') window.frame('admin', seq)
          const alone = window.first === window.last
          window.push({ ...entry, id: `${entry.id}-1` })
          expect(alone || window.span.bytes <= maxBytes || window.first === window.last).toBe(true)
        }
        const last = window.entry(window.last)
        const fresh = new ReplayWindow({ maxEntries: 1, maxBytes })
        fresh.push(last)
        const small = new ReplayWindow({ maxEntries: 1, maxBytes })
        for (const entry of chainOf(list)) small.push(entry)
        small.push(last)
        expect(small.span.bytes).toBe(fresh.span.bytes)
      }),
    )
  })

  test('remembers the newest gap', () => {
    fc.assert(
      fc.property(drafts, (list) => {
        const entries = chainOf(list)
        const newest = entries.findLastIndex(({ kind }) => kind === 'gap')
        expect(windowOf(entries, 5).gap).toBe(newest)
      }),
    )
  })
})

test('a frame is put together from the stored bytes; what is for staff alone goes to staff alone', () => {
  const [, first, second] = chainOf([
    { kind: 'event', customer: 'alice', data: '{"a":1}' },
    { kind: 'event', customer: 'alice', data: '{"a":2}' },
  ])
  const entry = second as EventEntry
  const window = new ReplayWindow({ maxEntries: 10, maxBytes: 10_000 })
  const seq = window.push({ ...entry, event: { ...entry.event, staffOnly: '"fraudScore":9' } })
  const id = cursorOf(entry)
  const prev = cursorOf(first!)
  expect(JSON.parse(window.frame('orders', seq))).toEqual({
    ...{ event: 'order:updated', id, prev },
    data: { a: 2 },
  })
  expect(JSON.parse(window.frame('admin', seq))).toEqual({
    ...{ event: 'admin:order:updated', id, prev },
    data: { a: 2, fraudScore: 9 },
  })
  expect(window.frame('admin', seq)).toBe(window.frame('admin', seq))
})

function windowOf(entries: readonly LogEntry[], maxEntries: number): ReplayWindow {
  const window = new ReplayWindow({ maxEntries, maxBytes: Infinity })
  for (const entry of entries) window.push(entry)
  return window
}
