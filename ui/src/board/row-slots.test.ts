import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createRowSlots, type RowSlot } from './row-slots'

function setUp(initial: string) {
  const inUse = new Set<RowSlot>()
  let order: (() => void) | null = null
  return createRoot((dispose) => {
    const [ids, setIds] = createSignal<readonly string[]>(initial.split(''))
    const slots = createRowSlots(
      ids,
      (slot) => inUse.has(slot),
      (work) => {
        order = work
        return () => (order = null)
      },
    )
    return {
      slots,
      inUse,
      dispose,
      /** The page has nothing to do. */
      idle() {
        order?.()
        order = null
      },
      isWaiting: () => order !== null,
      set: (next: string) => void setIds(next.split('')),
      shown: () =>
        slots()
          .map((slot) => slot.orderId())
          .join(''),
    }
  })
}

test('an order keeps its row, and the row of one that left shows one that came', () => {
  const { slots, set, shown } = setUp('abc')
  const [a, b, c] = slots()
  set('dab')
  expect(slots()).toEqual([a!, b!, c!])
  expect(shown()).toBe('abd')
  set('da')
  expect(slots()).toEqual([a!, c!])
  set('eda')
  expect(slots().slice(0, 2)).toEqual([a!, c!])
  expect(slots()).toHaveLength(3)
  expect(slots()[2]).not.toBe(b)
  expect(shown()).toBe('ade')
})

test('rows come into the order of the list when there is time, and are not moved for nothing', () => {
  const { slots, set, idle, shown, isWaiting } = setUp('abc')
  const [a, b, c] = slots()
  set('dab')
  set('eda')
  idle()
  expect(shown()).toBe('eda')
  expect(slots()).toEqual([b!, c!, a!])
  expect(isWaiting()).toBe(false)
  set('xyz')
  expect(shown()).toBe('xyz')
  expect(slots()).toEqual([b!, c!, a!])
  expect(isWaiting()).toBe(false)
  set('yz')
  set('yzw')
  expect(shown()).toBe('yzw')
  expect(isWaiting()).toBe(false)
})

test('what was moved meanwhile stands right, and with its owner the waiting ends', () => {
  const { set, idle, shown, isWaiting, dispose } = setUp('abc')
  set('cab')
  set('abc')
  idle()
  expect(shown()).toBe('abc')
  set('cab')
  expect(isWaiting()).toBe(true)
  dispose()
  expect(isWaiting()).toBe(false)
})

test('a row that somebody is on goes with its order', () => {
  const { slots, inUse, set, shown } = setUp('ab')
  const [a, b] = slots()
  inUse.add(a!)
  set('bc')
  expect(shown()).toBe('bc')
  expect(slots()[0]).toBe(b)
  expect(slots()[1]).not.toBe(a!)
  expect(a!.orderId()).toBe('a')
})
