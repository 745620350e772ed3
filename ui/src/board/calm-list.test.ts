import { expect, test } from 'bun:test'
import { batch, createRoot, createSignal } from 'solid-js'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { createCalmList } from './calm-list'

function setUp() {
  const clock = createVirtualClock()
  const [ids, setIds] = createSignal<readonly string[]>(['first'])
  const [reader, ask] = createSignal('all')
  const { list, dispose } = createRoot((dispose) => ({
    list: createCalmList(ids, reader, clock),
    dispose,
  }))
  let added = 0
  const add = () => setIds((known) => [`${++added}`, ...known])
  return { clock, list, add, setIds, ask, dispose }
}

test('a few changes are shown as they come', () => {
  const { list, add } = setUp()
  expect(list()).toEqual(['first'])
  for (let count = 1; count <= 4; count++) {
    add()
    expect(list().length).toBe(1 + count)
  }
})

test('more are shown four times a second, and all of them', async () => {
  const { clock, list, add } = setUp()
  const seen = new Set<number>()
  for (let ms = 0; ms < 4_000; ms += 100) {
    add()
    seen.add(list().length)
    await clock.advance(100)
  }
  // The first ones as they came.
  expect(seen.size).toBeLessThanOrEqual(4 + 4 * 4)
  expect(seen.size).toBeGreaterThan(4 * 3)
  await clock.advance(250)
  expect(list().length).toBe(41)
  await clock.advance(10_000)
  add()
  expect(list().length).toBe(42)
})

test('a rush is shown once a second, and all of it', async () => {
  const { clock, list, add } = setUp()
  const seen = new Set<number>()
  for (let ms = 0; ms < 10_000; ms += 100) {
    for (let count = 0; count < 12; count++) add()
    seen.add(list().length)
    await clock.advance(100)
  }
  expect(seen.size).toBeLessThanOrEqual(4 + 11)
  expect(seen.size).toBeGreaterThan(8)
  await clock.advance(1_000)
  expect(list().length).toBe(1 + 1_200)
})

test('what the reader asks for is shown at once, with all that waited', () => {
  const { list, add, ask, setIds } = setUp()
  for (let count = 0; count < 9; count++) add()
  expect(list().length).toBe(5)
  ask('pending')
  expect(list().length).toBe(10)
  batch(() => {
    setIds(['other'])
    ask('shipped')
  })
  expect(list()).toEqual(['other'])
})

test('nothing is shown any more when its owner has ended', async () => {
  const { clock, list, add, dispose } = setUp()
  for (let count = 0; count < 9; count++) add()
  dispose()
  await clock.advance(5_000)
  expect(list().length).toBe(5)
})
