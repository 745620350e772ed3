import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import { createStorage } from '../../testing/storage'
import { Problem } from '../problem'
import { createRenewal, createRenewalOrEnd } from './renewal'
import { createSession, type Identity } from './session'

const tokenOf = (subject: string, number: number) =>
  ['{}', JSON.stringify({ sub: subject, number }), ''].map((part) => btoa(part)).join('.')

function identity(demo: boolean): Identity {
  return { token: tokenOf('alice', 1), subject: 'alice', name: 'Alice', role: 'customer', demo }
}

function openBrowser(demo: boolean) {
  const storage = createStorage()
  let asked = 0
  const api = { signIn: async () => tokenOf('alice', ++asked + 1) }
  const openTab = () => {
    const session = createRoot(() => createSession(storage))
    return { session, renew: createRenewal({ session, api, locks: null }) }
  }
  const first = openTab()
  first.session.signIn(identity(demo))
  return { first, second: openTab(), asked: () => asked }
}

test('one tab renews the token, the other takes it over', async () => {
  const { first, second, asked } = openBrowser(true)
  const old = first.session.token()!
  const renewed = await first.renew(old)
  expect(renewed).toBe(tokenOf('alice', 2))
  expect(await second.renew(old)).toBe(renewed)
  expect(second.session.token()).toBe(renewed)
  expect(asked()).toBe(1)
})

test('a token from elsewhere cannot be renewed here', async () => {
  const { first, second } = openBrowser(false)
  const old = first.session.token()!
  expect(await first.renew(old)).toBeNull()
  first.session.signIn({ ...identity(false), token: tokenOf('alice', 9) })
  expect(await second.renew(old)).toBe(tokenOf('alice', 9))
})

test('whoever signed out while the token was renewed stays so', async () => {
  const { first } = openBrowser(true)
  const renewed = first.renew(first.session.token()!)
  first.session.signOut()
  expect(await renewed).toBeNull()
  expect(first.session.token()).toBeNull()
})

test.each([
  ['no answer', Problem.own('unreachable', 0), 'alice'],
  ['a server in trouble', new Problem({ status: 503, code: 'x', detail: 'x' }), 'alice'],
  ['too many at once', new Problem({ status: 429, code: 'x', detail: 'x' }), 'alice'],
  ['no demo any more', new Problem({ status: 404, code: 'x', detail: 'x' }), undefined],
])(
  'a refused token whose renewal finds %s ends the session only where there is none',
  async (_, failure, who) => {
    const session = createRoot(() => createSession(createStorage()))
    session.signIn(identity(true))
    const api = { signIn: () => Promise.reject(failure) }
    const renew = createRenewal({ session, api, locks: null })
    await createRenewalOrEnd(session, renew)(session.token()!)
    expect(session.identity()?.subject).toBe(who)
    expect(session.ended()).toBe(who ? null : 'refused')
  },
)
