import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { RevocationStore } from './revocations'
import { MAX_TOKEN_AGE_SECONDS } from './tokens'

/** Where revocations are kept: empty at first, opened by one process after the other. */
export interface RevocationsUnderTest {
  /** As a process that starts; closes the store that was opened before. */
  readonly open: () => Promise<RevocationStore>
  /** Subjects of the rows that are kept. */
  readonly kept: () => Promise<readonly string[]>
  readonly cleanup: () => Promise<void>
}

const NOW_SECONDS = 1_800_000_000

/** What every store of revocations has to hold, whatever it is kept in. */
export function revocationFeatures(
  name: string,
  prepare: (nowMs: () => number) => Promise<RevocationsUnderTest>,
): void {
  describe(`${name}: a revocation`, () => {
    let under: RevocationsUnderTest
    let nowMs: number
    beforeEach(async () => {
      nowMs = NOW_SECONDS * 1_000 + 400
      under = await prepare(() => nowMs)
    })
    afterEach(() => under.cleanup())

    test('hits the tokens issued up to now, of that subject alone', async () => {
      const revocations = await under.open()
      expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(false)
      expect(await revocations.revoke('alice')).toEqual({
        subject: 'alice',
        before: NOW_SECONDS + 1,
      })
      expect(revocations.isRevoked('alice', NOW_SECONDS - 60)).toBe(true)
      expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(true)
      expect(revocations.isRevoked('alice', NOW_SECONDS + 1)).toBe(false)
      expect(revocations.isRevoked('alice', null)).toBe(true)
      expect(revocations.isRevoked('bob', null)).toBe(false)
    })

    test('outlives the process', async () => {
      await (await under.open()).revoke('alice')
      expect((await under.open()).isRevoked('alice', NOW_SECONDS)).toBe(true)
    })

    test('is replaced by a later one of the same subject', async () => {
      const revocations = await under.open()
      await revocations.revoke('alice')
      nowMs += 60_000
      await revocations.revoke('alice')
      expect(revocations.isRevoked('alice', NOW_SECONDS + 30)).toBe(true)
      expect((await under.open()).isRevoked('alice', NOW_SECONDS + 30)).toBe(true)
      expect(await under.kept()).toEqual(['alice'])
    })

    test('is forgotten once every token that it hits is too old to be accepted', async () => {
      await (await under.open()).revoke('alice')
      nowMs += MAX_TOKEN_AGE_SECONDS * 1_000
      expect((await under.open()).isRevoked('alice', NOW_SECONDS)).toBe(true)
      nowMs += 2_000
      const revocations = await under.open()
      expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(false)
      await revocations.revoke('bob')
      expect(await under.kept()).toEqual(['bob'])
    })
  })
}
