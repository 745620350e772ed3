import type { Database as Sqlite } from 'bun:sqlite'
import { checkApplied, checkNumbers, hashOf, type Applied, type Migration } from './migration'

/**
 * Brings the schema up to the newest migration and records each with the hash of its text. Throws an
 * `AppError` where the database is newer than this program, or was made by other migrations.
 */
export function migrate(sqlite: Sqlite, migrations: readonly Migration[]): void {
  checkNumbers(migrations)
  sqlite.run(`CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL
  ) STRICT`)
  const applied = sqlite
    .prepare<Applied, []>('SELECT number, name, sha256 FROM migrations ORDER BY number')
    .all()
  checkApplied(applied, migrations)

  for (const migration of migrations.slice(applied.length)) {
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
