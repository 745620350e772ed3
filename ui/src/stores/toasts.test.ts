import { describe, expect, test } from 'bun:test'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createToasts } from './toasts'

const LIFE_MS = 1_000

function setUp() {
  const clock = createVirtualClock()
  const toasts = createToasts({ maxKept: 3, maxApart: 2, lifeMs: LIFE_MS }, clock)
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

test('the oldest are folded away, until they are wanted, and all together until they are few', async () => {
  const { clock, toasts, show } = setUp()
  for (const text of ['1', '2']) show(text)
  expect(toasts.folded()).toBe(0)
  show('3')
  expect(toasts.folded()).toBe(1)
  toasts.unfold()
  expect(toasts.folded()).toBe(0)
  toasts.dismiss(toasts.shown()[0]!.id)
  show('4')
  expect(toasts.folded()).toBe(1)
  await clock.advance(LIFE_MS)
  expect(toasts.folded()).toBe(0)
})

test('held toasts stay, new ones too, and have their full time again once released', async () => {
  const { clock, toasts, show, texts } = setUp()
  show('before')
  toasts.hold('reader')
  show('while')
  await clock.advance(10 * LIFE_MS)
  expect(texts()).toEqual(['before', 'while'])
  toasts.release('reader')
  await clock.advance(LIFE_MS - 1)
  expect(texts()).toEqual(['before', 'while'])
  await clock.advance(1)
  expect(texts()).toEqual([])
})

test('who closes the last one is on none: later toasts go again', async () => {
  const { clock, toasts, show, texts } = setUp()
  show('first')
  show('last')
  toasts.hold('reader')
  toasts.dismiss(toasts.shown()[0]!.id)
  await clock.advance(LIFE_MS)
  expect(texts()).toEqual(['last'])
  toasts.dismiss(toasts.shown()[0]!.id)
  show('later')
  await clock.advance(LIFE_MS)
  expect(texts()).toEqual([])
})

test('who leaves them does not let them go in a tab out of sight', async () => {
  const { clock, toasts, show, texts } = setUp()
  show('one')
  toasts.hold('reader')
  toasts.hold('tab')
  toasts.release('reader')
  await clock.advance(LIFE_MS)
  expect(texts()).toEqual(['one'])
  toasts.clear()
  show('another')
  await clock.advance(LIFE_MS)
  expect(texts()).toEqual(['another'])
  toasts.release('tab')
  await clock.advance(LIFE_MS)
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

describe('a burst of one kind', () => {
  const kind = { name: 'new', many: (amount: number) => `${amount} new orders`, href: '/board' }

  test('becomes one toast that counts, and leads where all of them are', () => {
    const { toasts, show, texts } = setUp()
    const placed = (text: string) =>
      toasts.show({ tone: 'info', text, href: `/orders/${text}`, kind })
    placed('1')
    placed('2')
    expect(texts()).toEqual(['1', '2'])
    show('another')
    placed('3')
    expect(texts()).toEqual(['another', '3 new orders'])
    for (let count = 4; count <= 8; count++) placed(`${count}`)
    expect(texts()).toEqual(['another', '8 new orders'])
    expect(toasts.shown()[1]).toMatchObject({ amount: 8, href: '/board' })
  })

  test('stays one toast while it goes on, and is forgotten when that has gone', async () => {
    const { clock, toasts, texts } = setUp()
    const placed = () => toasts.show({ tone: 'info', text: 'one', kind })
    for (let count = 0; count < 3; count++) placed()
    const [{ id } = { id: 0 }] = toasts.shown()
    await clock.advance(LIFE_MS - 1)
    placed()
    await clock.advance(LIFE_MS - 1)
    expect(texts()).toEqual(['4 new orders'])
    expect(toasts.shown()[0]?.id).toBe(id)
    await clock.advance(1)
    expect(texts()).toEqual([])
    placed()
    expect(texts()).toEqual(['one'])
  })

  test('leaves other kinds apart', () => {
    const { toasts, texts } = setUp()
    const other = { name: 'gone', many: (amount: number) => `${amount} cancelled` }
    for (const own of [kind, other, kind]) toasts.show({ tone: 'info', text: own.name, kind: own })
    expect(texts()).toEqual(['new', 'gone', 'new'])
  })
})
