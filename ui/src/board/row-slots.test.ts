import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createRowSlots, type RowSlot } from './row-slots'

function setUp(initial: string) {
  const inUse = new Set<RowSlot>()
  return createRoot(() => {
    const [ids, setIds] = createSignal<readonly string[]>(initial.split(''))
    const slots = createRowSlots(ids, (slot) => inUse.has(slot))
    return {
      slots,
      inUse,
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
  expect(shown()).toBe('dab')
  expect(slots()).toEqual([c!, a!, b!])
  set('da')
  set('eda')
  expect(slots()).toHaveLength(3)
  expect(slots()[0]).not.toBe(b)
  expect(shown()).toBe('eda')
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
