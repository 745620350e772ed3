import { expect, test } from 'bun:test'
import { Pace } from './pace'

const POLL_MS = 1_000

/** Looks `times`, `everyMs` apart from `from` on, and finds `rows` each time. Answers when it ended. */
function look(pace: Pace, from: number, times: number, everyMs: number, rows: number): number {
  for (let turn = 0; turn < times; turn++) pace.looked(rows, from + turn * everyMs)
  return from + times * everyMs
}

test('few rows: woken for each, and looking once a second besides', () => {
  const pace = new Pace(POLL_MS)
  const now = look(pace, 10_000, 100, 20, 1)
  expect(pace.wakeUps).toBe(true)
  expect(pace.waitMs(now)).toBe(POLL_MS)
})

test('many rows: nobody wakes it, and it looks every few milliseconds', () => {
  const pace = new Pace(POLL_MS)
  const now = look(pace, 10_000, 200, 5, 5)
  expect(pace.wakeUps).toBe(false)
  expect(pace.waitMs(now)).toBeLessThanOrEqual(10)
})

test('a short lull of a busy shop changes nothing', () => {
  const pace = new Pace(POLL_MS)
  const busy = look(pace, 10_000, 200, 5, 5)
  const now = look(pace, busy, 100, 5, 0)
  expect(pace.wakeUps).toBe(false)
  look(pace, now, 100, 5, 5)
  expect(pace.wakeUps).toBe(false)
})

test('when it gets quiet it is woken again, and looks on until all writers know', () => {
  const pace = new Pace(POLL_MS)
  let now = look(pace, 10_000, 200, 5, 5)
  while (!pace.wakeUps && now < 60_000) now = look(pace, now, 1, 5, 0)
  expect(now).toBeLessThan(20_000)
  expect(pace.waitMs(now)).toBeLessThanOrEqual(10)
  now = look(pace, now, 1, 1_000, 0)
  expect(pace.wakeUps).toBe(true)
  expect(pace.waitMs(now)).toBe(POLL_MS)
})
