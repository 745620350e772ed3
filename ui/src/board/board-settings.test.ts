import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import { createStorage } from '../../testing/storage'
import { dropAllKept } from '../stores/kept'
import { createSwitch } from './board-settings'

test('a switch stays as it was chosen, also when a session ends', () => {
  const storage = createStorage()
  const open = (first: boolean) => createRoot(() => createSwitch('keys', first, storage))
  expect([open(true).on(), open(false).on()]).toEqual([true, false])
  open(true).set(false)
  dropAllKept(storage)
  expect(open(true).on()).toBe(false)
  open(true).set(true)
  expect(open(false).on()).toBe(true)
})
