import { expect, test } from 'bun:test'
import { within } from '../testing/within'
import { Bell, pause } from './bell'

const NEVER_MS = 3_600_000
const { signal } = new AbortController()

test('a ring ends the waiting', async () => {
  const bell = new Bell()
  const waiting = bell.wait(NEVER_MS, signal)
  bell.ring()
  await within(waiting, 'the ring')
})

test('a ring while nobody waits ends the next waiting, and only that', async () => {
  const bell = new Bell()
  bell.ring()
  bell.ring()
  await within(bell.wait(NEVER_MS, signal), 'the ring before')
  const again = bell.wait(NEVER_MS, signal)
  expect(await Promise.race([again.then(() => 'rang'), pause(0, signal).then(() => 'waits')])).toBe(
    'waits',
  )
  bell.ring()
  await within(again, 'the second ring')
})

test('an abort ends the waiting, also one from before', async () => {
  const abort = new AbortController()
  const waiting = new Bell().wait(NEVER_MS, abort.signal)
  abort.abort()
  await within(waiting, 'the abort')
  await within(new Bell().wait(NEVER_MS, abort.signal), 'an abort before')
})

test('without a ring it waits as long as it should', async () => {
  await within(new Bell().wait(1, signal), 'a millisecond')
})
