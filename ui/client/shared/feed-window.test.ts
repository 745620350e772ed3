import { expect, test } from 'bun:test'
import type { EventFrame } from '../../../server/protocol/frames'
import { anEvent, anOrder, at } from '../testing/orders'
import { FeedWindow } from './feed-window'

function event(number: number, prev: number): EventFrame {
  return anEvent(number, prev, anOrder('a', number))
}

/** From 10 to 20, with events at 12 and 15. */
function aWindow(): FeedWindow {
  const window = new FeedWindow(at(10), at(8))
  window.add(event(12, 8), 'twelve')
  window.add(event(15, 12), 'fifteen')
  window.beat({ channel: 'orders', cursor: at(20), last: at(15), ageMs: 0 })
  return window
}

test('every cursor that the server named has what follows it', () => {
  const window = aWindow()
  expect(window.after(at(10))).toEqual({ lines: ['twelve', 'fifteen'], last: at(8) })
  expect(window.after(at(12))).toEqual({ lines: ['fifteen'], last: at(12) })
  expect(window.after(at(15))).toEqual({ lines: [], last: at(15) })
  expect(window.after(at(20))).toEqual({ lines: [], last: at(15) })
})

test('no other cursor is guessed about', () => {
  const window = aWindow()
  for (const cursor of [at(8), at(9), at(11), at(13), at(21), '12.ffffffff', 'nonsense']) {
    expect(window.after(cursor)).toBe(null)
  }
})

test('an event is taken once, and none across a hole', () => {
  const window = aWindow()
  expect(window.add(event(15, 12), 'again')).toBe('duplicate')
  expect(window.add(event(22, 21), 'too early')).toBe('hole')
  expect(window.beat({ channel: 'orders', cursor: at(30), last: at(25), ageMs: 0 })).toBe(false)
  expect(window.at).toBe(at(20))
})

test('who has all up to a place in between misses what is after it', () => {
  const window = aWindow()
  expect(window.join(at(11), at(8))).toEqual(['twelve', 'fifteen'])
  expect(window.join(at(13), at(12))).toEqual(['fifteen'])
  expect(window.join(at(17), at(15))).toEqual([])
  expect(window.join(at(17), null)).toEqual([])
})

test('who is behind, or ahead, waits', () => {
  const window = aWindow()
  expect(window.join(at(9), at(8))).toBe('wait')
  expect(window.join(at(21), at(15))).toBe('wait')
})

test('another history is told by any place that both have', () => {
  const window = aWindow()
  expect(window.join('20.ffffffff', null)).toBe('foreign')
  expect(window.join('10.ffffffff', null)).toBe('foreign')
  expect(window.join(at(17), '15.ffffffff')).toBe('foreign')
  expect(window.join(at(13), '8.ffffffff')).toBe('foreign')
})

test('the oldest events are let go of, and cursors before them are not known any more', () => {
  const window = new FeedWindow(at(1), null)
  for (let number = 2; number <= 2_003; number++) {
    window.add(event(number, number - 1), String(number))
  }
  expect(window.after(at(1))).toBe(null)
  expect(window.after(at(2))).toBe(null)
  expect(window.after(at(3))?.lines).toHaveLength(2_000)
  expect(window.join(at(2), at(2))).toBe('wait')
  expect(window.join(at(3), at(3))).toHaveLength(2_000)
})
