import { beforeEach, describe, expect, test } from 'bun:test'
import { AppError } from '../errors'
import type { VerifyToken } from './principal'
import { cacheVerified } from './token-cache'

let nowMs = 0
let checks: string[] = []
let verify: VerifyToken

/** Tokens here are `subject` or `subject@expiresAt`. */
async function check(token: string) {
  checks.push(token)
  const [subject = '', expiresAt] = token.split('@')
  if (subject === 'bad') throw new AppError('token_invalid', 401, 'bad')
  const exp = expiresAt === undefined ? null : Number(expiresAt)
  return { subject, email: null, staff: false, issuedAt: null, expiresAt: exp }
}

beforeEach(() => {
  nowMs = 1_000_000
  checks = []
  verify = cacheVerified(check, { maxEntries: 2, maxAgeMs: 60_000, nowMs: () => nowMs })
})

describe('a verified token', () => {
  test('is checked once while it is fresh', async () => {
    await verify('alice')
    expect((await verify('alice')).subject).toBe('alice')
    expect(checks).toEqual(['alice'])
    nowMs += 60_000
    await verify('alice')
    expect(checks).toHaveLength(2)
  })

  test('is checked again once it has expired', async () => {
    await verify('alice@1010')
    nowMs = 1_009_999
    await verify('alice@1010')
    expect(checks).toHaveLength(1)
    nowMs = 1_010_000
    await verify('alice@1010')
    expect(checks).toHaveLength(2)
  })

  test('makes room for newer ones', async () => {
    for (const token of ['a', 'b', 'c', 'b', 'c', 'a']) await verify(token)
    expect(checks).toEqual(['a', 'b', 'c', 'a'])
  })

  test('that is bad is never remembered', async () => {
    const failures = await Promise.allSettled([verify('bad'), verify('bad')])
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(checks).toEqual(['bad', 'bad'])
  })
})
