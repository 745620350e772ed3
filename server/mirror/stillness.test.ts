import { expect, test } from 'bun:test'
import { Stillness } from './stillness'

test('still is what stays in one state, each by itself, until it is counted anew', () => {
  const stillness = new Stillness()
  expect([stillness.observe('a', 'x', 0), stillness.observe('b', 'x', 5)]).toEqual([0, 0])
  expect([stillness.observe('a', 'x', 10), stillness.observe('b', 'y', 10)]).toEqual([10, 0])
  stillness.forget('a')
  expect([stillness.observe('a', 'x', 20), stillness.observe('b', 'y', 20)]).toEqual([0, 10])
})
