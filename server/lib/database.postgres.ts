import { AppError } from '../errors'
import { POSTGRES_MIGRATIONS } from '../migrations/postgres'
import { Connections } from './connections.postgres'
import { isRefusal, startFailureOf } from './failure.postgres'
import type { Logger } from './logger'
import { migrate } from './migrate.postgres'
import type { Migration } from './migration'
import { listen } from './notifications.postgres'
import { Outage } from './outage'

/** The Postgres of the distributed engine, shared by all its processes. */
export interface PostgresDatabase {
  /** The pool itself, without deadlines: for what builds queries. */
  readonly sql: Bun.SQL

  /**
   * Runs `work` on one connection, within the deadline. Rejects with `store_unreachable` (503,
   * temporary) where Postgres is down, frozen, out of connections or too slow, and with whatever
   * `work` threw otherwise. Its statements are no transaction.
   */
  query<T>(work: (sql: Bun.SQL) => Promise<T>): Promise<T>

  /**
   * Runs `work` in one transaction (read committed), within the deadline; what it throws rolls all
   * back. Serialization failures and deadlocks are repeated, so `work` may run more than once and
   * must change nothing but the database. Rejects as `query` does. Where the answer to COMMIT was
   * lost the change may have been made: that, too, is `store_unreachable`, and says so.
   */
  transact<T>(work: (tx: Bun.TransactionSQL) => Promise<T>): Promise<T>

  /**
   * Calls `onNotify` for each notification on the channel, and after each (re)subscribing, until the
   * signal aborts. Resolves after the first attempt. Some may be missed: callers poll as well.
   */
  listen(channel: string, onNotify: () => void, signal: AbortSignal): Promise<void>

  /** Waits a moment for what runs, then closes every connection. */
  close(): Promise<void>
}

export interface PostgresOptions {
  /** Connections at most; `listen` opens one more a channel. */
  readonly poolSize: number
  readonly logger: Logger
  /** Null: the schema is left as it is. */
  readonly migrations?: readonly Migration[] | null
  /** How long one query or transaction may take, the waiting for a connection included. */
  readonly deadlineMs?: number
  /** How long to wait at the start for a Postgres that is not there yet. */
  readonly startMs?: number
}

const DEADLINE_MS = 5_000
const START_MS = 30_000
const RETRY_MS = 500
const MIN_VERSION = 14
const MEANWHILE =
  'orders are neither taken nor shown (503), sockets stay, and what was to be sent waits'

/**
 * Connects, and brings the schema up to date. Throws an `AppError` with one sentence for people where
 * the address or the password is wrong, the database cannot be used, was made by another version, or
 * did not answer in `startMs`.
 */
export async function openPostgres(
  url: string,
  options: PostgresOptions,
): Promise<PostgresDatabase> {
  const { poolSize, logger, migrations = POSTGRES_MIGRATIONS, deadlineMs = DEADLINE_MS } = options
  const settings = settingsOf(url, deadlineMs)
  const sql = new Bun.SQL({ ...settings, max: poolSize })
  const { host, pathname } = new URL(url)
  const place = `${host}${pathname}`
  const outage = new Outage({ service: 'Postgres', place, meanwhile: MEANWHILE, logger })
  const connections = new Connections(sql, deadlineMs, outage)
  const close = () => {
    outage.end()
    return sql.close({ timeout: deadlineMs / 1_000 })
  }
  try {
    await waitFor(
      new Connections(sql, deadlineMs),
      logger,
      performance.now() + (options.startMs ?? START_MS),
    )
    if (migrations !== null) await migrate(sql, migrations)
  } catch (error) {
    await close()
    throw startFailureOf(error, place)
  }
  return {
    sql,
    query: (work) => connections.query(work),
    transact: (work) => connections.transact(work),
    listen: (channel, onNotify, signal) =>
      listen({
        connect: (onclose) => new Bun.SQL({ ...settings, max: 1, onclose }),
        channel,
        onNotify,
        signal,
        attemptMs: deadlineMs,
        logger,
      }),
    close,
  }
}

function settingsOf(url: string, deadlineMs: number): Bun.SQL.PostgresOrMySQLOptions {
  const { username, pathname } = new URL(url)
  const database = decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username)
  return {
    adapter: 'postgres',
    url,
    // Named again, because Bun lets PGDATABASE override what the URL says.
    ...(database !== '' && { database }),
    connectionTimeout: deadlineMs / 1_000,
    connection: {
      application_name: 'orderwire',
      // What nobody waits for any more must not hold locks, and a process that stands still must
      // give them free before those who wait for them give up.
      statement_timeout: deadlineMs,
      idle_in_transaction_session_timeout: Math.ceil(deadlineMs / 2),
      // What the stores rest on, whatever the server's default is.
      default_transaction_isolation: 'read committed',
      // Compiling a query takes longer than any of ours.
      jit: 'off',
    },
  }
}

/** Until the database answers and can be used, or the time is over. */
async function waitFor(connections: Connections, logger: Logger, until: number): Promise<void> {
  for (let waits = 0; ; waits++) {
    try {
      return await connections.query((sql) => checkServer(sql, logger))
    } catch (error) {
      const temporary = error instanceof AppError && error.temporary
      if (!temporary || isRefusal(error) || performance.now() > until) throw error
      if (waits === 0) logger.warn({ err: error }, 'waiting for Postgres')
    }
    await Bun.sleep(RETRY_MS)
  }
}

async function checkServer(sql: Bun.SQL, logger: Logger): Promise<void> {
  const [found] = await sql<
    { version: number; encoding: string; commit: string; fsync: string }[]
  >`SELECT current_setting('server_version_num')::int / 10000 AS version,
           current_setting('server_encoding') AS encoding,
           current_setting('synchronous_commit') AS commit,
           current_setting('fsync') AS fsync`
  if (!found) throw new Error('Postgres did not say what it is')
  if (found.version < MIN_VERSION) {
    throw unusable(`is Postgres ${found.version}: expected ${MIN_VERSION} or newer`)
  }
  if (found.encoding !== 'UTF8') {
    throw unusable(`has the encoding ${found.encoding}: expected UTF8`)
  }
  if (found.commit === 'off' || found.fsync === 'off') {
    logger.warn(
      { synchronous_commit: found.commit, fsync: found.fsync },
      'Postgres acknowledges before a change is on disk: a power cut can lose orders',
    )
  }
}

function unusable(what: string): AppError {
  return new AppError('database_unusable', 500, `The database of DATABASE_URL ${what}.`)
}
