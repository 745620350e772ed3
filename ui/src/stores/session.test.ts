import { describe, expect, test } from 'bun:test'
import { createEffect, createRoot } from 'solid-js'
import { createSession, readToken, type Identity } from './session'
import { createStorage } from '../../testing/storage'

const NOW = 1_700_000_000_000

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part(claims)}.signature`
}

function identity(subject: string, expiresInSeconds = 60, role: Identity['role'] = 'customer') {
  const exp = NOW / 1_000 + expiresInSeconds
  return { token: token({ sub: subject, exp }), subject, name: subject, role, demo: true }
}

function setUp(storage = createStorage()) {
  const session = createRoot(() => createSession(storage, () => NOW))
  return { storage, session }
}

test('is there again after a reload', () => {
  const { storage, session } = setUp()
  session.signIn(identity('alice'))
  const { session: reloaded } = setUp(storage)
  expect(reloaded.identity()).toEqual(identity('alice'))
  expect(reloaded.key()).toBe('customer:alice')
})

test('an expired token is not taken up again, and leaves only what its bearer goes on with, and why it ended', () => {
  const { storage, session } = setUp()
  session.signIn(identity('alice', -1))
  storage.setItem('orderwire:cart:alice', '[]')
  storage.setItem('orderwire:address', '{}')
  const { session: reloaded } = setUp(storage)
  expect(reloaded.identity()).toBeNull()
  expect(reloaded.ended()).toBe('refused')
  expect(storage.getItem('orderwire:cart:alice')).toBe('[]')
  expect(storage.length).toBe(2)
  expect(setUp(storage).session.ended()).toBe('refused')
})

test('a session that the server ended leaves the cart, what was told and what was missed, for the same person only', () => {
  const { storage, session } = setUp()
  session.signIn(identity('alice'))
  const stays = ['cart:alice', 'told:orders:alice', 'missed:alice'].map(
    (name) => `orderwire:${name}`,
  )
  for (const name of [...stays, 'orderwire:told:admin:alice']) storage.setItem(name, '[]')
  session.signOut('refused')
  expect(storage.getItem('orderwire:told:admin:alice')).toBeNull()
  session.signIn(identity('alice'))
  for (const name of stays) expect(storage.getItem(name)).toBe('[]')
  session.signOut('refused')
  storage.setItem('orderwire:cart', '[]')
  session.signIn(identity('bob'))
  for (const name of stays) expect(storage.getItem(name)).toBeNull()
  expect(storage.getItem('orderwire:cart')).toBe('[]')
})

test('signing out drops what was kept, also what is written while the session ends', () => {
  const { storage, session } = setUp()
  session.signIn(identity('alice'))
  createRoot(() =>
    createEffect(() => {
      if (session.key() === null) storage.setItem('orderwire:late', '1')
    }),
  )
  session.signOut()
  expect(storage.length).toBe(0)
  expect(session.identity()).toBeNull()
  expect(session.ended()).toBeNull()
})

test('somebody else signing in sees nothing of the one before', () => {
  const { storage, session } = setUp()
  session.signIn(identity('alice'))
  storage.setItem('orderwire:cart:alice', '[]')
  session.signIn(identity('bob'))
  expect(storage.getItem('orderwire:cart:alice')).toBeNull()
  expect(session.key()).toBe('customer:bob')
})

test('a renewed token is the same session; one of another person is not taken', () => {
  const { session } = setUp()
  session.signIn(identity('alice'))
  const keys: (string | null)[] = []
  createRoot(() => createEffect(() => void keys.push(session.key())))
  const renewed = identity('alice', 600).token
  session.renew(renewed)
  expect(session.token()).toBe(renewed)
  session.renew(identity('bob').token)
  expect(session.token()).toBe(renewed)
  expect(keys).toEqual(['customer:alice'])
})

describe('readToken', () => {
  test('reads who it names', () => {
    expect(
      readToken(token({ sub: 'zoë', email: 'z@x.example', exp: 5, roles: ['staff'] })),
    ).toEqual({
      subject: 'zoë',
      name: 'z@x.example',
      expiresAt: 5,
    })
    expect(readToken(token({ sub: 'a', name: 'Ann' }))).toMatchObject({
      name: 'Ann',
      expiresAt: null,
    })
  })

  test('is null for what is none', () => {
    for (const text of ['', 'a', 'a.b.c', `a.${btoa('[]')}.c`, token({ sub: '' }), token({})]) {
      expect(readToken(text)).toBeNull()
    }
  })
})

test('a tab whose token was refused takes the one that another tab has got, and ends nothing', () => {
  const { storage, session: slow } = setUp()
  slow.signIn(identity('alice', 60))
  const { session: quick } = setUp(storage)
  quick.renew(identity('alice', 120).token)
  slow.signOut('refused')
  expect(slow.token()).toBe(identity('alice', 120).token)
  expect(slow.ended()).toBeNull()
  expect(setUp(storage).session.key()).toBe('customer:alice')
})

test('a session that ended in another tab is told as what it was', () => {
  for (const [leave, ended] of [
    ['refused', 'refused'],
    [undefined, null],
  ] as const) {
    const { storage, session: one } = setUp()
    one.signIn(identity('alice'))
    const { session: other } = setUp(storage)
    one.signOut(leave)
    other.follow()
    expect(other.identity()).toBeNull()
    expect(other.ended()).toBe(ended)
  }
})
