import { expect, test } from 'bun:test'
import { changeText, dayText, whenText } from './when'

const NOW = new Date(2026, 10, 23, 12, 0)
const at = (month: number, day: number, hour: number, minute = 0, year = 2026) =>
  new Date(year, month, day, hour, minute)

test('says a time in as few words as say it', () => {
  expect(whenText(at(10, 23, 6, 14), NOW)).toStartWith('today, ')
  expect(whenText(at(10, 22, 23, 59), NOW)).toStartWith('yesterday, ')
  const earlier = whenText(at(10, 21, 6), NOW)
  expect(earlier).toContain('21')
  expect(earlier).not.toContain('2026')
  expect(whenText(at(11, 31, 6, 0, 2025), NOW)).toContain('2025')
})

test('says a day in as few words as say it', () => {
  expect(dayText(at(10, 23, 6), NOW)).toBe('Today')
  expect(dayText(at(10, 22, 23, 59), NOW)).toBe('Yesterday')
  expect(dayText(at(10, 24, 1), NOW)).toContain('24')
  expect(dayText(at(10, 21, 6), NOW)).not.toContain('2026')
  expect(dayText(at(11, 31, 6, 0, 2025), NOW)).toContain('2025')
})

test('says of a change only what is new', () => {
  const placed = at(10, 23, 6, 14)
  expect(changeText(new Date(placed.getTime() + 20_000), placed, NOW)).toBeNull()
  const later = changeText(at(10, 23, 8, 30), placed, NOW)
  expect(later).toContain('30')
  expect(later).not.toContain('today')
  expect(changeText(at(10, 23, 8), at(10, 20, 6), NOW)).toStartWith('today, ')
  const both = at(10, 20, 6)
  expect(changeText(at(10, 20, 9, 45), both, NOW)).not.toContain('20,')
})
