import type { PostgresDatabase } from '../lib/database.postgres'
import type { Logger } from '../lib/logger'
import { isTold } from '../lib/outage'
import type { Revocation, RevocationStore } from './revocations'
import { MAX_TOKEN_AGE_SECONDS } from './tokens'

/** How often a node looks for what others revoked. */
const LOOK_EVERY_MS = 500

interface Row extends Revocation {
  readonly until: number
}

interface News {
  /** Revocations made so far. */
  readonly count: number
  readonly rows: readonly Row[]
}

/**
 * Revocations in the table `revocations`, held in the memory of every node, which looks for new ones
 * every half second. While Postgres is out of reach each acts on what it knows.
 */
export async function openPostgresRevocations(
  database: PostgresDatabase,
  logger: Logger,
  nowMs: () => number = Date.now,
): Promise<RevocationStore & { close(): void }> {
  const revocations = new PostgresRevocations(database, logger, nowMs)
  await revocations.start()
  return revocations
}

class PostgresRevocations implements RevocationStore {
  readonly #known = new Map<string, Row>()
  /** All revocations up to this one are known. */
  #count = 0
  /** Whether the outage behind it that they cannot be read is in the log already. */
  #told = false
  #looking = true
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(
    private readonly database: PostgresDatabase,
    private readonly logger: Logger,
    private readonly nowMs: () => number,
  ) {}

  async start(): Promise<void> {
    await this.#look()
    this.#lookLater()
  }

  async revoke(subject: string): Promise<Revocation> {
    // `iat` is in whole seconds: what was issued in the running second is refused too.
    const before = this.#nowSeconds() + 1
    const row = await this.database.transact((tx) => this.#write(tx, subject, before))
    this.#learn(row)
    return { subject, before: row.before }
  }

  isRevoked(subject: string, issuedAt: number | null): boolean {
    const before = this.#known.get(subject)?.before
    return before !== undefined && (issuedAt === null || issuedAt < before)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #write(tx: Bun.TransactionSQL, subject: string, before: number): Promise<Row> {
    // Locks the counter until COMMIT, so that counts become visible one after the other.
    const [counter] = await tx<{ count: string }[]>`
      UPDATE revocation_changes SET count = count + 1 RETURNING count`
    await tx`DELETE FROM revocations WHERE until <= ${this.#nowSeconds()}`
    // The clock of another node may be ahead: what it refused stays refused.
    const [row] = await tx<Row[]>`
      INSERT INTO revocations AS known (subject, before, until, change)
      VALUES (${subject}, ${before}, ${before + MAX_TOKEN_AGE_SECONDS}, ${counter!.count})
      ON CONFLICT (subject) DO UPDATE SET before = greatest(known.before, excluded.before),
        until = greatest(known.until, excluded.until), change = excluded.change
      RETURNING subject, before::float8 AS before, until::float8 AS until`
    return row!
  }

  async #look(): Promise<void> {
    let { count, rows } = await this.#news(this.#count)
    // Fewer than there were: the database was put back to an earlier day.
    if (count < this.#count) ({ count, rows } = await this.#news(0))
    for (const row of rows) this.#learn(row)
    this.#count = count
    const now = this.#nowSeconds()
    for (const [subject, { until }] of this.#known) if (until <= now) this.#known.delete(subject)
  }

  /** Never less than is known: a later one may have been read already. */
  #learn(row: Row): void {
    const known = this.#known.get(row.subject)
    if (!known || known.before < row.before) this.#known.set(row.subject, row)
  }

  #news(after: number): Promise<News> {
    return this.database.query(async (sql) => {
      // The count first: what is revoked in between is read now and once more.
      const [counter] = await sql<{ count: number }[]>`
        SELECT count::float8 AS count FROM revocation_changes`
      const { count } = counter!
      if (count === after) return { count, rows: [] }
      const rows = await sql<Row[]>`
        SELECT subject, before::float8 AS before, until::float8 AS until FROM revocations
        WHERE change > ${after}`
      return { count, rows }
    })
  }

  #lookLater(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      void this.#look().then(
        () => this.#looked(null),
        (error: unknown) => this.#looked(error),
      )
    }, LOOK_EVERY_MS)
  }

  #looked(error: unknown): void {
    const looking = error === null
    if (looking !== this.#looking && !this.#closed) {
      if (looking) this.logger[this.#told ? 'debug' : 'info']('revocations are read again')
      else this.#unread(error)
    }
    this.#looking = looking
    this.#lookLater()
  }

  #unread(error: unknown): void {
    this.#told = isTold(error)
    const level = this.#told ? 'debug' : 'warn'
    this.logger[level]({ err: error }, 'revocations of other nodes cannot be read')
  }

  #nowSeconds(): number {
    return Math.floor(this.nowMs() / 1_000)
  }
}
