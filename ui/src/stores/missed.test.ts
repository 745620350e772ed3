import { expect, test } from 'bun:test'
import { createStorage } from '../../testing/storage'
import { createMissed } from './missed'

test('what was missed is so after a reload, until it is looked at', () => {
  const storage = createStorage()
  createMissed(storage, 'bob').add(['a', 'b'])
  const reloaded = createMissed(storage, 'bob')
  expect([...reloaded.ids()]).toEqual(['a', 'b'])
  reloaded.look('a')
  expect([...createMissed(storage, 'bob').ids()]).toEqual(['b'])
})

test('what another tab has looked at is not missed any more', () => {
  const storage = createStorage()
  const [one, other] = [createMissed(storage, 'bob'), createMissed(storage, 'bob')]
  one.add(['a', 'b'])
  other.follow()
  other.look('a')
  one.follow()
  expect([...one.ids()]).toEqual(['b'])
  one.add(['c'])
  other.follow()
  expect([...other.ids()]).toEqual(['b', 'c'])
})
