import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CLOSE_CODES } from '../../server/protocol/close-codes'
import {
  backoffCeilingMs,
  reconnectDelayMs,
  renewDelayMs,
  silenceLeftMs,
  snapshotDelayMs,
} from './delays'

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.nat({ max: 2_000 })

test('the first attempt after "move now" spreads over what the server says', () => {
  expect(reconnectDelayMs(CLOSE_CODES.restart, 0, 0)).toBe(0)
  expect(reconnectDelayMs(CLOSE_CODES.restart, 0, 0.5)).toBe(500)
  expect(reconnectDelayMs(CLOSE_CODES.goingAway, 0, 0.5)).toBe(1_500)
})

test('attempts that fail are further and further apart, whatever the ending says', () => {
  expect([0, 1, 2, 3].map(backoffCeilingMs)).toEqual([500, 1_000, 2_000, 4_000])
  expect(reconnectDelayMs(CLOSE_CODES.resume, 4, 0.5)).toBe(4_000)
  expect(reconnectDelayMs(CLOSE_CODES.abnormal, 4, 0.5)).toBe(4_000)
  expect(reconnectDelayMs(CLOSE_CODES.tooMany, 0, 0.5)).toBe(5_000)
})

test('never is never', () => {
  expect(reconnectDelayMs(CLOSE_CODES.subjectChanged, 0, 0.5)).toBeNull()
})

test('every wait is jittered from zero on, and bounded', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(CLOSE_CODES)),
      failures,
      random,
      (end, count, chance) => {
        const delayMs = reconnectDelayMs(end, count, chance)
        if (delayMs === null) return end.reconnect === 'never'
        return delayMs >= 0 && delayMs <= 30_000 && reconnectDelayMs(end, count, 0) === 0
      },
    ),
  )
})

test('a snapshot waits as long as the server asks, and backs off if one follows another', () => {
  expect(snapshotDelayMs(undefined, 0, 0.9)).toBe(0)
  expect(snapshotDelayMs(700, 0, 0.9)).toBe(700)
  expect(snapshotDelayMs(700, 2, 0.9)).toBe(1_800)
})

test('a token is renewed before it expires, though not over and over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), random, (leftSeconds, chance) => {
      const delayMs = renewDelayMs(1_000 + leftSeconds, 1_000_000, chance)!
      return delayMs >= 1_000 && delayMs <= Math.max(1_000, leftSeconds * 1_000)
    }),
  )
  expect(renewDelayMs(3_600, 0, 0)).toBe(3_570_000)
  expect(renewDelayMs(10, 0, 0)).toBe(9_000)
  expect(renewDelayMs(null, 0, 0)).toBeNull()
  // The server accepted it, so our clock is wrong.
  expect(renewDelayMs(10, 20_000, 0)).toBe(60_000)
})

test('two and a half heartbeats may be missing', () => {
  expect(silenceLeftMs(0, 1_000, 2_499)).toBe(1)
  expect(silenceLeftMs(0, 1_000, 2_500)).toBe(0)
})
