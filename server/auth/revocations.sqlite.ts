import type { Database } from '../lib/database.sqlite'
import type { Revocation, RevocationStore } from './revocations'
import { MAX_TOKEN_AGE_SECONDS } from './tokens'

/** Revocations in the table `revocations`, held in memory as well. */
export function openSqliteRevocations(
  database: Database,
  nowMs: () => number = Date.now,
): RevocationStore {
  const { sqlite } = database
  const nowSeconds = () => Math.floor(nowMs() / 1_000)
  const rows = sqlite
    .query<Revocation, [number]>('SELECT subject, before FROM revocations WHERE until > ?')
    .all(nowSeconds())
  const known = new Map(rows.map(({ subject, before }) => [subject, before]))
  const sweep = sqlite.query('DELETE FROM revocations WHERE until <= ?')
  const upsert = sqlite.query(
    `INSERT INTO revocations (subject, before, until) VALUES (?1, ?2, ?3)
     ON CONFLICT (subject) DO UPDATE SET before = excluded.before, until = excluded.until`,
  )

  return {
    async revoke(subject) {
      // `iat` is in whole seconds: what was issued in the running second is refused too.
      const before = nowSeconds() + 1
      await database.transact(() => {
        sweep.run(nowSeconds())
        upsert.run(subject, before, before + MAX_TOKEN_AGE_SECONDS)
      })
      known.set(subject, before)
      return { subject, before }
    },
    isRevoked(subject, issuedAt) {
      const before = known.get(subject)
      return before !== undefined && (issuedAt === null || issuedAt < before)
    },
  }
}
