import { expect, test } from 'bun:test'
import { dropAllKept, kept } from './kept'
import { createStorage } from '../../testing/storage'

const isText = (value: unknown): value is string => typeof value === 'string'

test('keeps a value, and reads nothing where another shape or no JSON is', () => {
  const storage = createStorage()
  const name = kept(storage, 'name', isText)
  expect(name.read()).toBeNull()
  name.write('Alice')
  expect(kept(storage, 'name', isText).read()).toBe('Alice')
  storage.setItem('orderwire:name', '17')
  expect(name.read()).toBeNull()
  storage.setItem('orderwire:name', '{')
  expect(name.read()).toBeNull()
})

test('drops all of ours and nothing of others', () => {
  const storage = createStorage({ 'orderwire:a': '1', other: '2', 'orderwire:b': '3' })
  dropAllKept(storage)
  expect(storage.getItem('other')).toBe('2')
  expect(storage.length).toBe(1)
})
