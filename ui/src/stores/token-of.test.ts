import { expect, test } from 'bun:test'
import { createTokenOf, type Identity } from './session'

function bearer(subject: string, token: string, role: Identity['role'] = 'staff'): Identity {
  return { token, subject, name: subject, role, demo: true }
}

test('is the newest of the bearer, also when nobody or somebody else is signed in', () => {
  let now: Identity | null = bearer('sam', 'first')
  const token = createTokenOf({ identity: () => now }, now)
  expect(token()).toBe('first')
  now = bearer('sam', 'renewed')
  expect(token()).toBe('renewed')
  now = null
  expect(token()).toBe('renewed')
  now = bearer('kim', 'of somebody else')
  expect(token()).toBe('renewed')
  now = bearer('sam', 'as a customer', 'customer')
  expect(token()).toBe('renewed')
})
