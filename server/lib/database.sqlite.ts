import { Database as Sqlite, SQLiteError } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../errors'
import { SQLITE_MIGRATIONS } from '../migrations/sqlite'
import { GroupCommit, type Participant } from './group-commit.sqlite'
import { migrate } from './migrate.sqlite'
import type { Migration } from './migration'

/** The one SQLite file of the embedded engine. Only its owner writes to it. */
export interface Database {
  /** For reads and prepared statements. Writes only inside `transact`. */
  readonly sqlite: Sqlite

  /**
   * Runs `work` (synchronous) in the next group commit, in a savepoint of its own: a throw rolls back
   * only that work and rejects only that promise. Resolves after COMMIT, when the change is on disk.
   * When the commit fails, all works of the group reject with an `AppError` (503, temporary): if the
   * disk itself failed in the middle, whether the change stands is known only after a restart.
   */
  transact<T>(work: () => T): Promise<T>

  /** Called once after each successful COMMIT of a group, before the promises resolve. */
  onCommit(listener: () => void): void

  /** State in memory that must go back together with what was written. */
  participate(participant: Participant): void

  /** Age in milliseconds of the oldest work that waits for its commit, 0 when none waits. */
  pendingAgeMs(): number

  /** Commits what waits, then closes the file and gives the data folder free. */
  close(): void
}

/** How long a statement waits for a foreign writer (somebody's `sqlite3`) before it fails. */
const BUSY_TIMEOUT_MS = 1_000
const CACHE_KIB = 64 * 1024
/** A write-ahead log that a long read made bigger than this is cut back afterwards. */
const JOURNAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024

export function databasePath(dataDir: string): string {
  return join(resolve(dataDir), 'orderwire.db')
}

/**
 * Opens (or creates) the database of a data folder, for this process alone, and migrates it. Throws an
 * `AppError` with one sentence for people when the folder cannot be used, is in use by another
 * process, or was made by another version.
 */
export function openDatabase(
  dataDir: string,
  migrations: readonly Migration[] = SQLITE_MIGRATIONS,
): Database {
  const folder = resolve(dataDir)
  const unlock = lockFolder(folder)
  try {
    const sqlite = openFile(databasePath(folder), migrations)
    return databaseOf(sqlite, unlock)
  } catch (error) {
    unlock()
    throw error instanceof SQLiteError || isSystemError(error)
      ? unusable(`The database ${databasePath(folder)} cannot be opened`, error)
      : error
  }
}

/**
 * One process a folder: an open exclusive transaction on a file of its own, so that the database
 * stays readable for backups. The operating system drops it with the process, however that ends.
 */
function lockFolder(folder: string): () => void {
  let lock: Sqlite | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    lock = new Sqlite(join(folder, 'orderwire.lock'), { create: true })
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('PRAGMA journal_mode = MEMORY')
    lock.run('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (error instanceof SQLiteError && error.code?.startsWith('SQLITE_BUSY')) {
      throw new AppError(
        'data_dir_in_use',
        500,
        `Another Orderwire process uses the data folder ${folder}: stop it, or set DATA_DIR to another folder.`,
      )
    }
    throw unusable(`The data folder ${folder} cannot be written`, error)
  }
  const held = lock
  return () => held.close()
}

function openFile(path: string, migrations: readonly Migration[]): Sqlite {
  // Names and addresses are in it: made for its owner alone, in whatever folder. SQLite's other files
  // take over its mode.
  closeSync(openSync(path, 'a', 0o600))
  const sqlite = new Sqlite(path, { create: true, strict: true })
  try {
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    sqlite.run('PRAGMA journal_mode = WAL')
    sqlite.run('PRAGMA synchronous = FULL')
    sqlite.run('PRAGMA foreign_keys = ON')
    sqlite.run(`PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT_BYTES}`)
    // What a savepoint needs to go back by stays out of temporary files.
    sqlite.run('PRAGMA temp_store = MEMORY')
    sqlite.run(`PRAGMA cache_size = -${CACHE_KIB}`)
    migrate(sqlite, migrations)
    return sqlite
  } catch (error) {
    sqlite.close()
    throw error
  }
}

function databaseOf(sqlite: Sqlite, unlock: () => void): Database {
  const group = new GroupCommit(sqlite)
  let open = true
  return {
    sqlite,
    transact: (work) => group.transact(work),
    onCommit: (listener) => group.onCommit(listener),
    participate: (participant) => group.participate(participant),
    pendingAgeMs: () => group.pendingAgeMs(),
    close() {
      if (!open) return
      open = false
      group.close()
      sqlite.run('PRAGMA wal_checkpoint(TRUNCATE)')
      sqlite.close()
      unlock()
    },
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function unusable(what: string, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'data_dir_unusable',
    500,
    `${what} (${why}): set DATA_DIR to a folder that this user can write to.`,
    { cause },
  )
}
