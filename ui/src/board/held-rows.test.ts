import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createHeldRows } from './held-rows'

function setUp(initial: readonly string[]) {
  return createRoot(() => {
    const [ids, setIds] = createSignal(initial)
    return { setIds, rows: createHeldRows(ids) }
  })
}

test('at the top new rows are shown at once', () => {
  const { rows, setIds } = setUp(['b', 'a'])
  setIds(['c', 'b', 'a'])
  expect(rows.shown()).toEqual(['c', 'b', 'a'])
  expect(rows.held()).toBe(0)
})

test('further down they wait above, older ones still come below', () => {
  const { rows, setIds } = setUp(['b'])
  rows.hold()
  setIds(['d', 'c', 'b'])
  rows.hold()
  setIds(['d', 'c', 'b', 'a'])
  expect(rows.shown()).toEqual(['b', 'a'])
  expect(rows.held()).toBe(2)
  rows.release()
  expect(rows.shown()).toEqual(['d', 'c', 'b', 'a'])
})

test('when the row that was on top goes, nothing is held back', () => {
  const { rows, setIds } = setUp(['b', 'a'])
  rows.hold()
  setIds(['c', 'a'])
  expect(rows.shown()).toEqual(['c', 'a'])
})
