import { expect, test } from 'bun:test'
import type { ClientState, Status } from '../../client'
import { DELAYED_MS, describeConnection } from './connection'

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
  const lost = {
    status: 'waiting',
    retryAt: null,
    reason: 'connection lost',
    ageMs: 0,
    channels: {},
  }
  const { detail } = describeConnection(lost as ClientState, NOW)
  expect(detail).toBe('Connection lost. What you see may be out of date.')
})
