import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createHeldRows } from './held-rows'

/** The later letter is the newer order. */
function setUp(initial: string, areNewestFirst = false) {
  return createRoot(() => {
    const [ids, setIds] = createSignal<readonly string[]>(initial.split(''))
    const rows = createHeldRows(
      ids,
      (orderId) => ({ orderId, createdAt: orderId }),
      () => areNewestFirst,
    )
    return {
      rows,
      set: (next: string) => void setIds(next.split('')),
      shown: () => rows.shown().join(''),
    }
  })
}

test('at the top new rows are shown at once', () => {
  const { rows, set, shown } = setUp('ba')
  set('cba')
  expect(shown()).toBe('cba')
  expect(rows.held()).toBe(0)
})

test.each([true, false])('further down they wait above, older ones still come below', (sorted) => {
  const { rows, set, shown } = setUp('b', sorted)
  rows.hold()
  set('dcb')
  rows.hold()
  set('dcba')
  expect(shown()).toBe('ba')
  expect(rows.held()).toBe(2)
  rows.release()
  expect(shown()).toBe('dcba')
})

test.each([true, false])(
  'they wait also when the row on top goes, or when all of them go',
  (sorted) => {
    const { rows, set, shown } = setUp('ba', sorted)
    rows.hold()
    set('ca')
    expect(shown()).toBe('a')
    set('c')
    expect(shown()).toBe('')
    expect(rows.held()).toBe(1)
  },
)

test('in whatever order the list is, only new orders wait', () => {
  const { rows, set, shown } = setUp('adb')
  rows.hold()
  set('aedcb')
  expect(shown()).toBe('adcb')
  expect(rows.held()).toBe(1)
})
