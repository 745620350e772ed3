import { expect, test } from 'bun:test'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createToasts } from './toasts'

const LIFE_MS = 1_000

function setUp() {
  const clock = createVirtualClock()
  const toasts = createToasts({ maxShown: 3, lifeMs: LIFE_MS }, clock)
  const show = (text: string) => toasts.show({ tone: 'info', text })
  const texts = () => toasts.shown().map((toast) => toast.text)
  return { clock, toasts, show, texts }
}

test('a toast goes when its time is over, in the order in which they came', async () => {
  const { clock, show, texts } = setUp()
  show('first')
  await clock.advance(LIFE_MS / 2)
  show('second')
  expect(texts()).toEqual(['first', 'second'])
  await clock.advance(LIFE_MS / 2)
  expect(texts()).toEqual(['second'])
  await clock.advance(LIFE_MS / 2)
  expect(texts()).toEqual([])
})

test('the oldest makes room', () => {
  const { show, texts } = setUp()
  for (const text of ['1', '2', '3', '4', '5']) show(text)
  expect(texts()).toEqual(['3', '4', '5'])
})

test('held toasts stay, new ones too, and have their full time again once released', async () => {
  const { clock, toasts, show, texts } = setUp()
  show('before')
  toasts.hold()
  show('while')
  await clock.advance(10 * LIFE_MS)
  expect(texts()).toEqual(['before', 'while'])
  toasts.release()
  await clock.advance(LIFE_MS - 1)
  expect(texts()).toEqual(['before', 'while'])
  await clock.advance(1)
  expect(texts()).toEqual([])
})

test('dismissing one leaves the others', () => {
  const { toasts, show, texts } = setUp()
  show('one')
  show('two')
  toasts.dismiss(toasts.shown()[0]!.id)
  expect(texts()).toEqual(['two'])
  toasts.clear()
  expect(texts()).toEqual([])
})
