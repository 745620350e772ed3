import { expect, test } from 'bun:test'
import { median, quantile, slope } from './median'
import { formatReport, ratioOf, spreadOf, verdictOf } from './report'
import type { Figure } from './report'

const FIGURE: Figure = {
  name: 'fan-out',
  unit: 'deliveries/s',
  peer: 'bare',
  ours: [90, 100, 80],
  peers: [100, 110, 120],
  limit: { atLeast: 0.85 },
  delivered: 12_345,
  expected: 12_345,
}

test('a ratio is that of the medians, its spread that of the pairs', () => {
  expect(ratioOf(FIGURE)).toBeCloseTo(90 / 110)
  expect(spreadOf(FIGURE)[0]).toBeCloseTo(80 / 120)
  expect(spreadOf(FIGURE)[1]).toBeCloseTo(100 / 110)
})

test('a limit is kept or missed in its own direction', () => {
  expect(verdictOf(FIGURE)).toBe(false)
  expect(verdictOf({ ...FIGURE, limit: { atMost: 0.85 } })).toBe(true)
  expect(verdictOf({ ...FIGURE, limit: null })).toBeNull()
})

test('a limit can be one of our own value', () => {
  expect(verdictOf({ ...FIGURE, limit: { atMost: 90, of: 'ours' } })).toBe(true)
  expect(verdictOf({ ...FIGURE, limit: { atMost: 89, of: 'ours' } })).toBe(false)
})

test('a peer that was measured fewer times is compared with its last run', () => {
  const figure = { ...FIGURE, peers: [100, 50] }
  expect(ratioOf(figure)).toBeCloseTo(90 / 75)
  expect(spreadOf(figure)).toEqual([0.9, 2])
})

test('the table names the limit, the verdict and what was delivered', () => {
  const text = formatReport({ figures: [FIGURE], notes: [{ about: 'x', text: 'y' }] })
  expect(text).toContain('≥ 0.85')
  expect(text).toContain('MISSED')
  expect(text).toContain('12,345 = 12,345')
  expect(text).toEndWith('x: y')
})

test('medians, quantiles and slopes', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quantile([10, 20, 30, 40, 50], 0.99)).toBeCloseTo(49.6)
  expect(slope([1, 2, 3].map((x) => ({ x, y: 2_000 * x + 7 })))).toBeCloseTo(2_000)
  expect(() => median([])).toThrow('no values')
})
