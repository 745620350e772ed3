import { checkApplied, checkNumbers, hashOf, type Applied, type Migration } from './migration'

/** All that start at the same moment queue here. Any number that is Orderwire's alone. */
const LOCK = 4_712_009_001
/** A migration of a big shop takes its time; whoever waits for it, too. */
const MAX_MS = 3_600_000

/**
 * Brings the schema up to the newest migration, each in a transaction of its own, and records each
 * with the hash of its text. Processes that start at once take turns. Throws an `AppError` where the
 * database is newer than this program, or was made by other migrations.
 */
export async function migrate(sql: Bun.SQL, migrations: readonly Migration[]): Promise<void> {
  checkNumbers(migrations)
  while (await sql.begin((tx) => migrateOnce(tx, migrations)));
}

/** Applies the oldest migration that is missing. True when there are more. */
async function migrateOnce(
  tx: Bun.TransactionSQL,
  migrations: readonly Migration[],
): Promise<boolean> {
  await tx.unsafe(`SET LOCAL statement_timeout = ${MAX_MS}`)
  await tx`SELECT pg_advisory_xact_lock(${LOCK}::bigint)`
  await tx`CREATE TABLE IF NOT EXISTS migrations (
    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`
  const applied = await tx<Applied[]>`
    SELECT number, name, sha256 FROM migrations ORDER BY number`
  checkApplied(applied, migrations)
  const next = migrations[applied.length]
  if (!next) return false
  await tx.unsafe(next.sql)
  await tx`INSERT INTO migrations (number, name, sha256)
    VALUES (${next.number}, ${next.name}, ${hashOf(next)})`
  return applied.length + 1 < migrations.length
}
