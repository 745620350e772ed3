import { expect, test } from 'bun:test'
import { LagGauge } from './lag'

const P = 'order.created-0'

function gauge() {
  const made = new LagGauge()
  const observe = (
    now: number,
    end: number,
    checkpoint: number | null,
    {
      earliest = 0,
      start,
      through = 0,
    }: { earliest?: number; start?: number; through?: number } = {},
  ) => {
    const logged = checkpoint === null ? null : { offset: checkpoint, fingerprint: 'x' }
    const refill = start === undefined ? undefined : { start, target: end - 1 }
    made.observe(P, { earliest, end }, logged, refill, through, now)
    const { records, ageMs } = made.lags().get(P)!
    return [records, ageMs]
  }
  return { made, observe }
}

test('records wait since their end was first seen', () => {
  const { observe, made } = gauge()
  expect(observe(1_000, 10, 9)).toEqual([0, 0])
  expect(observe(2_000, 12, 9)).toEqual([2, 0])
  expect(observe(5_000, 13, 9)).toEqual([3, 3_000])
  expect(made.oldestMs()).toBe(3_000)
  expect(observe(6_000, 13, 11)).toEqual([1, 1_000])
  expect(observe(7_000, 13, 12)).toEqual([0, 0])
  expect(made.oldestMs()).toBe(0)
})

test('progress within what was seen at once is no proof for the rest of it', () => {
  const { observe } = gauge()
  expect(observe(1_000, 10, 0)).toEqual([9, 0])
  expect(observe(4_000, 10, 5)).toEqual([4, 3_000])
})

test('without a checkpoint all counts from the refill on, else from the earliest', () => {
  expect(gauge().observe(1_000, 10, null, { earliest: 4 })).toEqual([6, 0])
  expect(gauge().observe(1_000, 10, null, { earliest: 4, start: 7 })).toEqual([3, 0])
  expect(gauge().observe(1_000, 10, null, { earliest: 10 })).toEqual([0, 0])
})

test('marks of transactions at the end are nothing to wait for', () => {
  const { observe } = gauge()
  expect(observe(1_000, 11, 9)).toEqual([1, 0])
  expect(observe(2_000, 11, 9, { through: 11 })).toEqual([0, 0])
  expect(observe(3_000, 13, 9, { through: 11 })).toEqual([2, 0])
})

test('a topic that was made anew, or is gone, takes its lag along', () => {
  const { observe, made } = gauge()
  expect(observe(1_000, 100, 9)).toEqual([90, 0])
  expect(observe(2_000, 5, null)).toEqual([5, 0])
  made.keep(new Set<string>())
  expect(made.lags().size).toBe(0)
  expect(made.oldestMs()).toBe(0)
})
