import { describe, expect, test } from 'bun:test'
import type { EventEntry } from '../event-log/event-log'
import { chainOf } from '../testing/log-entries'
import { placeOf, SnapshotTurns, upToPosition } from './resume'
import { cursorOf } from '../event-log/entry'
import { ReplayWindow } from './window'

const event = { kind: 'event', customer: 'alice', data: '{}' } as const
const gap = { kind: 'gap', customer: null, data: '' } as const

function windowOf(entries: ReturnType<typeof chainOf>, maxEntries = 10): ReplayWindow {
  const window = new ReplayWindow({ maxEntries, maxBytes: Infinity })
  for (const entry of entries) window.push(entry)
  return window
}

describe('the place of a cursor', () => {
  const entries = chainOf([event, event, event, event, event])
  const window = windowOf(entries, 3)

  test('in the window', () => {
    expect(placeOf(window, cursorOf(entries[4]!))).toEqual({ at: 'window', seq: 4 })
    expect(placeOf(window, cursorOf(entries[3]!))).toEqual({ at: 'window', seq: 3 })
  })

  test('older than the window: the log is asked', () => {
    expect(placeOf(window, cursorOf(entries[2]!))).toEqual({ at: 'log' })
    expect(placeOf(window, '0.00000000')).toEqual({ at: 'log' })
  })

  test('newer than the position: it may come', () => {
    expect(placeOf(window, '7.00000000')).toEqual({ at: 'ahead', id: '7' })
  })

  test('of another log, forged, or garbage', () => {
    const unknown = { at: 'nowhere', reason: 'unknown' } as const
    expect(placeOf(window, '5.00000000')).toEqual(unknown)
    for (const garbage of ['', '5', 'null', '5.ABCDEF00', '$', '-', '+', '0-0', '>', '5.abcdef0']) {
      expect(placeOf(window, garbage)).toEqual(unknown)
    }
  })

  test('before the newest gap, whether or not the window still holds the entry', () => {
    const gapped = chainOf([event, gap, event])
    const refused = { at: 'nowhere', reason: 'source_gap' } as const
    expect(placeOf(windowOf(gapped), cursorOf(gapped[1]!))).toEqual(refused)
    expect(placeOf(windowOf(gapped), cursorOf(gapped[2]!))).toEqual({ at: 'window', seq: 2 })
    expect(placeOf(windowOf(gapped, 2), cursorOf(gapped[1]!))).toEqual({ at: 'log' })
  })
})

describe('what of a read of the log is sent', () => {
  const entries = chainOf([event, event, event, event]).slice(2) as EventEntry[]
  const reached = cursorOf(entries.at(-1)!)

  test('all of it where the node has published that much', () => {
    const read = { ok: true, entries, reached } as const
    const sent = upToPosition(read, 'orders', reached)
    expect(sent).toEqual({ entries, to: reached, last: entries[0]!.prevOfCustomer })
  })

  test('nothing beyond the position: that will be published', () => {
    const position = cursorOf(entries[0]!)
    const sent = upToPosition({ ok: true, entries, reached }, 'orders', position)
    expect(sent).toMatchObject({ entries: [entries[0]!], to: position })
  })
})

describe('when the refused load their snapshots', () => {
  test('few do so soon', () => {
    const turns = new SnapshotTurns(30_000)
    for (let count = 0; count < 20; count++) expect(turns.next(count, 0.99)).toBeLessThan(150)
    expect(new SnapshotTurns(30_000).next(0, 0)).toBe(0)
  })

  test('many do so one after the other, whenever they were refused', () => {
    const turns = new SnapshotTurns(30_000)
    const waits = Array.from({ length: 5_000 }, () => turns.next(0, 0))
    for (let from = 0; from < 10_000; from += 1_000) {
      const within = waits.filter((wait) => wait >= from && wait < from + 1_000)
      expect(within).toHaveLength(500)
    }
    // A second later the queue is a second shorter, not forgotten.
    expect(turns.next(1_000, 0)).toBe(9_000)
    expect(turns.next(20_000, 0)).toBe(0)
  })

  test('more than fit into the spread share it at random', () => {
    const turns = new SnapshotTurns(5_000)
    for (let count = 0; count < 2_500; count++) turns.next(0, 0.5)
    const late = Array.from({ length: 1_000 }, (_, at) => turns.next(0, at / 1_000))
    expect(Math.max(...late)).toBeLessThan(5_000)
    expect(late.filter((wait) => wait < 2_500)).toHaveLength(500)
    expect(turns.next(5_000, 0)).toBe(0)
  })
})
