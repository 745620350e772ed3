import type { Database as Sqlite } from 'bun:sqlite'
import { hash } from 'node:crypto'
import { AppError } from '../errors'
import type { Migration } from './migration'

interface AppliedRow {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

/**
 * Brings the schema up to the newest migration and records each with the hash of its text. Throws an
 * `AppError` where the database is newer than this program, or was made by other migrations.
 */
export function migrate(sqlite: Sqlite, migrations: readonly Migration[]): void {
  sqlite.run(`CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL
  ) STRICT`)
  const applied = sqlite
    .prepare<AppliedRow, []>('SELECT number, name, sha256 FROM migrations ORDER BY number')
    .all()
  for (const row of applied) checkApplied(row, migrations[row.number - 1])

  for (const [index, migration] of migrations.entries()) {
    if (migration.number !== index + 1) {
      throw new Error(`migration ${index + 1} is missing: found ${migration.number} in its place`)
    }
    if (index < applied.length) continue
    sqlite
      .transaction(() => {
        sqlite.run(migration.sql)
        sqlite.run(
          'INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)',
          [migration.number, migration.name, hashOf(migration), new Date().toISOString()],
        )
      })
      .immediate()
  }
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
