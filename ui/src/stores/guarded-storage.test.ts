import { expect, test } from 'bun:test'
import { createStorage } from '../../testing/storage'
import { guardStorage } from './guarded-storage'
import { dropAllKept, kept, type KeptStorage } from './kept'

const isText = (value: unknown): value is string => typeof value === 'string'

function setUp(open: () => KeptStorage) {
  const reported: unknown[] = []
  return { storage: guardStorage(open, (error) => void reported.push(error)), reported }
}

test('where nothing may be kept it is there as long as the page, and that is reported once', () => {
  const forbidden = new DOMException('The user denied it.', 'SecurityError')
  const { storage, reported } = setUp(() => {
    throw forbidden
  })
  const name = kept(storage, 'name', isText)
  expect(name.read()).toBeNull()
  name.write('Alice')
  expect(name.read()).toBe('Alice')
  dropAllKept(storage)
  expect(name.read()).toBeNull()
  expect(reported).toEqual([forbidden])
})

test('where there is no room left the new value counts, until there is, or another tab wrote', () => {
  const browser = createStorage({ 'orderwire:name': '"Alice"' })
  let isFull = true
  const full: KeptStorage = {
    ...browser,
    get length() {
      return browser.length
    },
    setItem(name, value) {
      if (isFull) throw new DOMException('No room.', 'QuotaExceededError')
      browser.setItem(name, value)
    },
  }
  const { storage, reported } = setUp(() => full)
  const name = kept(storage, 'name', isText)
  name.write('Bob')
  expect([name.read(), browser.getItem('orderwire:name')]).toEqual(['Bob', '"Alice"'])
  browser.setItem('orderwire:name', '"Carol"')
  expect(name.read()).toBe('Carol')
  isFull = false
  name.write('Dora')
  expect([name.read(), browser.getItem('orderwire:name')]).toEqual(['Dora', '"Dora"'])
  expect(reported).toHaveLength(1)
})
