import { hash } from 'node:crypto'
import { AppError } from '../errors'
import type { Migration } from './migration'

interface AppliedRow {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

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
  for (const [index, { number }] of migrations.entries()) {
    if (number === index + 1) continue
    throw new Error(`migration ${index + 1} is missing: found ${number} in its place`)
  }
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
  const applied = await tx<AppliedRow[]>`
    SELECT number, name, sha256 FROM migrations ORDER BY number`
  for (const row of applied) checkApplied(row, migrations[row.number - 1])
  const next = migrations[applied.length]
  if (!next) return false
  await tx.unsafe(next.sql)
  await tx`INSERT INTO migrations (number, name, sha256)
    VALUES (${next.number}, ${next.name}, ${hashOf(next)})`
  return applied.length + 1 < migrations.length
}

function checkApplied(row: AppliedRow, known: Migration | undefined): void {
  if (!known) {
    throw new AppError(
      'database_newer',
      500,
      `The database was made by a newer Orderwire (migration ${row.number}, ${row.name}): start that version or a newer one.`,
    )
  }
  if (row.sha256 !== hashOf(known)) {
    throw new AppError(
      'database_differs',
      500,
      `Migration ${row.number} (${row.name}) of the database is not the one that this Orderwire knows: start the version that made the database.`,
    )
  }
}

function hashOf(migration: Migration): string {
  return hash('sha256', migration.sql.replaceAll('\r\n', '\n'), 'hex')
}
