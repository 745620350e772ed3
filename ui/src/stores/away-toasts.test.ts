import { expect, test } from 'bun:test'
import { createAwayToasts } from './away-toasts'
import type { ToastText } from './toasts'

function setUp() {
  const shown: string[] = []
  const away = createAwayToasts({ show: ({ text }: ToastText) => void shown.push(text) })
  const tell = (text: string, missed: boolean) => away.show({ tone: 'info', text }, missed)
  return { away, tell, shown }
}

test('what happens now is told now', () => {
  const { tell, shown } = setUp()
  tell('now', false)
  expect(shown).toEqual(['now'])
})

test('what was missed is told when the interruption is over, in order', () => {
  const { away, tell, shown } = setUp()
  for (const text of ['a', 'b', 'c']) tell(text, true)
  expect(shown).toEqual([])
  away.flush()
  expect(shown).toEqual(['a', 'b', 'c'])
  away.flush()
  expect(shown).toEqual(['a', 'b', 'c'])
})

test('much that was missed is told as a number', () => {
  const { away, tell, shown } = setUp()
  for (let count = 0; count < 30; count++) tell(`${count}`, true)
  away.flush()
  expect(shown).toEqual(['30 changes while you were away'])
})
