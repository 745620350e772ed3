import { expect, test } from 'bun:test'
import { createRateLimit } from './row-highlight'

test('a few in a while are allowed, in a rush none, and afterwards again', () => {
  let at = 0
  const isCalm = createRateLimit(2, 1_000, () => at)
  const after = (ms: number) => {
    at += ms
    return isCalm()
  }
  expect([after(0), after(10), after(10), after(10)]).toEqual([true, true, false, false])
  expect(after(500)).toBe(false)
  expect(after(600)).toBe(true)
  expect(after(600)).toBe(true)
})
