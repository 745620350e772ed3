import { expect, test } from 'bun:test'
import { Absences } from './absences'

test('gone is what no answer knew of for long enough, asked often enough', () => {
  let now = 0
  const absences = new Absences(10, () => now)
  const goneAt = (at: number, ...there: readonly string[]) => {
    now = at
    return absences.among(['a', 'b'], (name) => there.includes(name))
  }
  expect(goneAt(0, 'b')).toEqual([])
  expect(goneAt(6)).toEqual([])
  expect(goneAt(10)).toEqual(['a'])
  expect(goneAt(16)).toEqual(['a', 'b'])
  // Back for a moment.
  expect(goneAt(17, 'a')).toEqual(['b'])
  expect(goneAt(20)).toEqual(['b'])
  // Nobody could ask meanwhile.
  expect(goneAt(31)).toEqual([])
  expect(goneAt(41)).toEqual(['a', 'b'])
})
