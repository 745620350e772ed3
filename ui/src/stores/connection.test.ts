import { expect, test } from 'bun:test'
import type { ClientState, Status } from '../../client'
import { createRoot, createSignal } from 'solid-js'
import { createVirtualClock } from '../../client/testing/virtual-clock'
import { canReconnect, createConnectionVoice, DELAYED_MS, describeConnection } from './connection'

const NOW = 1_700_000_000_000

function label(status: Status, rest: Partial<ClientState> = {}): string {
  const state = { status, retryAt: null, reason: null, ageMs: 0, channels: {}, ...rest }
  return describeConnection(state, NOW).label
}

test('says in a word or two how current what is shown is', () => {
  expect(label('idle')).toBe('Connecting')
  expect(label('connecting')).toBe('Connecting')
  expect(label('catching-up')).toBe('Catching up')
  expect(label('live', { ageMs: null })).toBe('Live')
  expect(label('live', { ageMs: DELAYED_MS - 1 })).toBe('Live')
  expect(label('live', { ageMs: 42_000 })).toBe('Delayed 42 s')
  expect(label('delayed', { ageMs: null })).toBe('Delayed')
  expect(label('offline')).toBe('Offline')
  expect(label('refused')).toBe('Disconnected')
})

test('counts down to the next attempt', () => {
  expect(label('waiting', { retryAt: NOW + 2_001 })).toBe('Reconnecting in 3 s')
  expect(label('waiting', { retryAt: NOW + 1 })).toBe('Reconnecting in 1 s')
  expect(label('waiting', { retryAt: NOW - 1 })).toBe('Reconnecting')
  expect(label('waiting')).toBe('Reconnecting')
})

test('tells why in a sentence', () => {
  const detail = (reason: string) =>
    describeConnection({ ...stateOf('waiting'), reason }, NOW).detail
  expect(detail('too many')).toBe(
    'There are too many connections from here. What you see may be out of date.',
  )
  expect(detail('of a newer server')).toBe('Of a newer server. What you see may be out of date.')
})

function stateOf(status: Status): ClientState {
  return { status, retryAt: null, reason: null, ageMs: 0, channels: {} }
}

test('offers to try again where that may help', () => {
  for (const status of ['waiting', 'offline', 'refused'] as const) {
    expect(canReconnect(stateOf(status))).toBe(true)
  }
  for (const status of ['live', 'connecting', 'catching-up', 'signed-out'] as const) {
    expect(canReconnect(stateOf(status))).toBe(false)
  }
})

test('says aloud that the connection is lost, once, and that it is back', async () => {
  const clock = createVirtualClock()
  const [state, setState] = createSignal(stateOf('live'))
  const said = createRoot(() => createConnectionVoice(state, clock))
  setState(stateOf('waiting'))
  await clock.advance(1_000)
  setState(stateOf('live'))
  await clock.advance(10_000)
  expect(said()).toBe('')

  setState(stateOf('waiting'))
  await clock.advance(4_000)
  expect(said()).toStartWith('Connection lost.')
  setState(stateOf('connecting'))
  setState(stateOf('offline'))
  await clock.advance(10_000)
  expect(said()).toStartWith('Connection lost.')
  setState(stateOf('live'))
  expect(said()).toBe('Connected again.')
})
