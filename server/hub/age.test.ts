import { describe, expect, test } from 'bun:test'
import type { LogEntry } from '../event-log/event-log'
import { chainOf } from '../testing/log-entries'
import { ProofAge } from './age'

const T = 1_700_000_000_000

function beat(at: number, lagMs: number): LogEntry {
  return { kind: 'beat', id: '1', tag: '00000000', prevTag: '', at, note: String(lagMs) }
}

function event(at: number): LogEntry {
  return { ...chainOf([{ kind: 'event', customer: 'alice', data: '{}' }])[0]!, at }
}

function ageAt(now: number, ...entries: LogEntry[]): number {
  const proof = new ProofAge()
  proof.take(entries)
  return proof.ageMs(now)
}

describe('the age of the newest proof', () => {
  test('is that of the newest entry, whatever it is', () => {
    expect(ageAt(T)).toBe(0)
    expect(ageAt(T + 700, event(T))).toBe(700)
    expect(ageAt(T + 700, event(T), beat(T + 500, 0))).toBe(200)
  })

  test('of a beat counts the lag that it tells of', () => {
    expect(ageAt(T + 100, beat(T, 800))).toBe(900)
    expect(ageAt(T + 100, beat(T, 60_000))).toBe(60_100)
  })

  test('grows with a lag that was reported, though other entries come through', () => {
    expect(ageAt(T + 4_000, beat(T, 60_000), event(T + 3_999))).toBe(64_000)
    expect(ageAt(T + 5_000, beat(T, 60_000), event(T + 3_999), beat(T + 4_500, 0))).toBe(500)
  })

  test('does not count a small lag that nobody reports again: entries flow', () => {
    expect(ageAt(T + 20_000, beat(T, 900), event(T + 19_990))).toBe(10)
  })

  test('does not believe for ever a worker that reports no more', () => {
    expect(ageAt(T + 29_000, beat(T, 60_000), event(T + 28_990))).toBe(89_000)
    expect(ageAt(T + 31_000, beat(T, 60_000), event(T + 30_990))).toBe(10)
  })

  test('is never negative, where the clock of the log is ahead of ours', () => {
    expect(ageAt(T - 5_000, event(T))).toBe(0)
    expect(ageAt(T - 5_000, beat(T, 1_000))).toBe(0)
  })

  test('takes nothing from a beat that it cannot read', () => {
    for (const note of ['', 'soon', '-5', 'Infinity']) {
      expect(ageAt(T + 10, { ...beat(T, 0), note } as LogEntry)).toBe(10)
    }
  })

  test('of a log that begins anew knows nothing of the one before', () => {
    const proof = new ProofAge()
    proof.take([beat(T, 60_000)])
    proof.reset()
    proof.take([event(T + 1_000)])
    expect(proof.ageMs(T + 1_500)).toBe(500)
  })
})
