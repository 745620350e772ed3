import { AppError } from '../errors'
import {
  DeadlineError,
  failureOf,
  isConflict,
  isConnectionLost,
  isReadOnly,
  outcomeUnknown,
} from './failure.postgres'
import type { Outage } from './outage'

/** Repetitions of a transaction that met another one, before that is given up. */
const MAX_ATTEMPTS = 8
/** The longest pause before the first repetition; it doubles each time. */
const PAUSE_MS = 4

/**
 * Runs works on connections of a pool, each within a deadline. A connection on which time ran out is
 * closed, whatever its server does: the pool opens another in its place.
 */
export class Connections {
  constructor(
    private readonly sql: Bun.SQL,
    private readonly deadlineMs: number,
    /** Null: nothing is told. */
    private readonly outage: Outage | null = null,
  ) {}

  async query<T>(work: (sql: Bun.SQL) => Promise<T>): Promise<T> {
    try {
      return await this.#use(performance.now() + this.deadlineMs, work)
    } catch (error) {
      throw this.#told(failureOf(error), error)
    }
  }

  async transact<T>(work: (tx: Bun.TransactionSQL) => Promise<T>): Promise<T> {
    const until = performance.now() + this.deadlineMs
    for (let attempt = 1; ; attempt++) {
      const transaction = new Transaction(work)
      try {
        return await this.#use(until, (connection) => transaction.run(connection))
      } catch (error) {
        const pauseMs = Math.random() * PAUSE_MS * 2 ** attempt
        const again = attempt < MAX_ATTEMPTS && performance.now() + pauseMs < until
        if (!isConflict(error) || !again) throw this.#told(transaction.failureOf(error), error)
        await Bun.sleep(pauseMs)
      }
    }
  }

  /** A conflict is no outage, nor is a refused text. */
  #told(failure: unknown, error: unknown): unknown {
    const unreachable = failure instanceof AppError && failure.code === 'store_unreachable'
    if (unreachable && !isConflict(error)) this.outage?.failed(failure)
    return failure
  }

  async #use<T>(until: number, work: (connection: Bun.ReservedSQL) => Promise<T>): Promise<T> {
    const connection = await this.#reserve(until)
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(new DeadlineError(this.deadlineMs))
      // Ends what runs on it: the work's own promise rejects, and nobody listens any more.
      void connection.close({ timeout: 0 })
    }, leftUntil(until))
    try {
      const answer = await Promise.race([work(connection), late])
      this.outage?.works()
      return answer
    } catch (error) {
      // After a failover the pool would go on with the server that is no primary any more.
      if (isReadOnly(error)) void connection.close({ timeout: 0 })
      throw error
    } finally {
      clearTimeout(timer)
      void connection.release()
    }
  }

  /** A connection that is free; none is taken once the deadline has passed. */
  async #reserve(until: number): Promise<Bun.ReservedSQL> {
    const waiting = new AbortController()
    const giveUp = () => waiting.abort(new DeadlineError(this.deadlineMs))
    const timer = setTimeout(giveUp, leftUntil(until))
    try {
      return await this.sql.reserve({ signal: waiting.signal })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A busy process may look at the clock when the time is over already. */
function leftUntil(until: number): number {
  return Math.max(0, until - performance.now())
}

/** One attempt, which knows how far it got. */
class Transaction<T> {
  #commitSent = false
  constructor(private readonly work: (tx: Bun.TransactionSQL) => Promise<T>) {}

  async run(connection: Bun.ReservedSQL): Promise<T> {
    // Boxed: Bun would await the members of an array.
    const { value } = await connection.begin(async (tx) => {
      const value = await this.work(tx)
      this.#commitSent = true
      return { value }
    })
    return value
  }

  failureOf(error: unknown): unknown {
    return this.#commitSent && isConnectionLost(error) ? outcomeUnknown(error) : failureOf(error)
  }
}
