import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createRowSelection } from './row-selection'

function setUp(letters = 'abcdef') {
  return createRoot(() => {
    const [shown, setShown] = createSignal<readonly string[]>(letters.split(''))
    const versions = new Map(letters.split('').map((id) => [id, 1]))
    const rows = createRowSelection(shown, (id) => versions.get(id) ?? 0)
    const ticked = () => rows.ids().join('')
    return { rows, ticked, versions, show: (ids: string) => void setShown(ids.split('')) }
  })
}

test('a range goes from the row before to this one, in either direction', () => {
  const { rows, ticked } = setUp()
  rows.toggle('e')
  rows.toggle('b', true)
  expect(ticked()).toBe('bcde')
  rows.toggle('c')
  rows.toggle('d', true)
  expect(ticked()).toBe('be')
  rows.clear()
  rows.toggle('f', true)
  expect(ticked()).toBe('f')
})

test('all, or none when all are ticked', () => {
  const { rows, ticked } = setUp()
  rows.toggle('c')
  rows.toggleAll()
  expect(ticked()).toBe('abcdef')
  rows.toggleAll()
  expect(ticked()).toBe('')
})

test('what leaves the list is not ticked any more, also when it comes back', () => {
  const { rows, ticked, show } = setUp()
  rows.toggleAll()
  show('xace')
  expect(ticked()).toBe('ace')
  show('abcdef')
  expect(ticked()).toBe('ace')
  expect(rows.has('b')).toBe(false)
})

test('the version is the one that was seen when it was ticked', () => {
  const { rows, versions } = setUp()
  rows.toggle('a')
  versions.set('a', 2)
  rows.toggleAll()
  expect(rows.seenVersion('b')).toBe(1)
  rows.clear()
  rows.toggle('a')
  versions.set('a', 3)
  rows.toggle('b')
  rows.toggle('a')
  rows.toggle('a')
  expect(rows.seenVersion('a')).toBe(3)
  expect(rows.seenVersion('c')).toBeUndefined()
})
