import { expect, test } from 'bun:test'
import { Beats } from './beats'

function next(beats: Beats, now: number, lagMs = 0, fetchedAt = now) {
  const due = beats.due({ now, lagMs, fetchedAt })
  if (due) beats.beaten(now, due)
  return due
}

test('a worker beats every five seconds, where the log is silent', () => {
  const beats = new Beats()
  expect(next(beats, 0)).toEqual({ lagMs: 0, silentMs: 4_000 })
  expect(next(beats, 2_500)).toBeNull()
  expect(next(beats, 5_000)).toEqual({ lagMs: 0, silentMs: 4_000 })
})

test('a lag is told even while entries flow, and its end at once', () => {
  const beats = new Beats()
  expect(next(beats, 0, 5_001.4)).toEqual({ lagMs: 5_001, silentMs: 0 })
  expect(next(beats, 1_000, 6_000)).toBeNull()
  expect(next(beats, 5_000, 10_000)).toEqual({ lagMs: 10_000, silentMs: 0 })
  expect(next(beats, 6_000, 20)).toEqual({ lagMs: 20, silentMs: 0 })
  expect(next(beats, 7_000, 20)).toBeNull()
  expect(next(beats, 11_000, 20)).toEqual({ lagMs: 20, silentMs: 4_000 })
})

test('a worker that Kafka does not answer proves nothing', () => {
  const beats = new Beats()
  expect(next(beats, 20_000, 0, 9_999)).toBeNull()
  expect(next(beats, 20_000, 0, 0)).toBeNull()
  expect(next(beats, 20_000, 0, 10_000)).not.toBeNull()
})

test('what the log did not take, because entries flow, is tried again soon', () => {
  const beats = new Beats()
  const pulse = { lagMs: 0, fetchedAt: 0 }
  expect(beats.due({ ...pulse, now: 0 })).not.toBeNull()
  expect(beats.due({ ...pulse, now: 2_500 })).not.toBeNull()
})

test('a clock that is set back does not silence it until that time comes again', () => {
  const beats = new Beats()
  expect(next(beats, 3_600_000)).not.toBeNull()
  expect(next(beats, 1_000)).not.toBeNull()
  expect(next(beats, 3_500)).toBeNull()
  expect(next(beats, 6_000)).not.toBeNull()
})
