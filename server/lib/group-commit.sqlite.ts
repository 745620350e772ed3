import type { Database as Sqlite } from 'bun:sqlite'
import { AppError } from '../errors'

/**
 * A part of the program that keeps state in memory beside its tables calls `save` and gets its state
 * put back whenever the database takes back what a work wrote. `save` runs before the group and
 * before each work, and must be cheap; the function it returns restores that moment, at most once.
 */
export type Participant = () => () => void

/** Works in one transaction: bounds how long the event loop stands still for one commit. */
const MAX_GROUP_WORKS = 256

interface Waiting {
  readonly work: () => unknown
  readonly since: number
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

interface Done {
  readonly waiting: Waiting
  readonly failed: boolean
  readonly value: unknown
}

/**
 * Group commit: works that arrive while the event loop is busy share one transaction and one disk
 * write. Each work is atomic by itself (a savepoint); the group is acknowledged as a whole.
 */
export class GroupCommit {
  readonly #sqlite: Sqlite
  readonly #statements
  readonly #participants: Participant[] = []
  readonly #listeners: (() => void)[] = []
  #queue: Waiting[] = []
  #scheduled = false
  #flushing = false
  #closed = false

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite
    this.#statements = {
      begin: sqlite.prepare('BEGIN IMMEDIATE'),
      commit: sqlite.prepare('COMMIT'),
      rollback: sqlite.prepare('ROLLBACK'),
      savepoint: sqlite.prepare('SAVEPOINT work'),
      release: sqlite.prepare('RELEASE work'),
      rollbackTo: sqlite.prepare('ROLLBACK TO work'),
    }
  }

  participate(participant: Participant): void {
    this.#participants.push(participant)
  }

  onCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  transact<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(unavailable('The database is closed.'))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, since: performance.now(), resolve, reject })
      this.#schedule()
    })
  }

  pendingAgeMs(): number {
    const oldest = this.#queue[0]
    return oldest ? performance.now() - oldest.since : 0
  }

  /** Commits what waits; from then on every work is refused. */
  close(): void {
    this.#closed = true
    while (this.#queue.length > 0) this.#flush()
  }

  /**
   * The next turn of the event loop: whatever this turn still brings joins the group. Under 64 busy
   * HTTP connections that made groups of 50; a microtask commits each work alone (a seventh of the
   * rate), a timer groups no better and makes a lone work wait five times as long.
   */
  #schedule(): void {
    if (this.#scheduled || this.#flushing) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#queue.length > 0) this.#flush()
    })
  }

  #flush(): void {
    const group = this.#queue.slice(0, MAX_GROUP_WORKS)
    this.#queue = this.#queue.slice(MAX_GROUP_WORKS)
    this.#flushing = true
    const restore = this.#save()
    let done: readonly Done[]
    try {
      done = this.#runGroup(group)
    } catch (cause) {
      const reason = unavailable('The database could not store the change.', cause)
      try {
        if (this.#sqlite.inTransaction) this.#statements.rollback.run()
      } finally {
        restore()
        for (const { reject } of group) reject(reason)
      }
      return
    } finally {
      this.#flushing = false
      if (this.#queue.length > 0) this.#schedule()
    }
    this.#announce()
    for (const { waiting, failed, value } of done) {
      if (failed) waiting.reject(value)
      else waiting.resolve(value as never)
    }
  }

  #runGroup(group: readonly Waiting[]): readonly Done[] {
    this.#statements.begin.run()
    const done = group.map((waiting) => this.#runWork(waiting))
    this.#statements.commit.run()
    return done
  }

  #runWork(waiting: Waiting): Done {
    const restore = this.#save()
    this.#statements.savepoint.run()
    try {
      const value = waiting.work()
      if (isThenable(value)) {
        throw new TypeError('work for transact must be synchronous: it returned a promise')
      }
      this.#statements.release.run()
      return { waiting, failed: false, value }
    } catch (reason) {
      // A full disk or an I/O error can end the whole transaction: then nothing of it stands.
      if (!this.#sqlite.inTransaction) throw reason
      this.#statements.rollbackTo.run()
      this.#statements.release.run()
      restore()
      return { waiting, failed: true, value: reason }
    }
  }

  #save(): () => void {
    const restores = this.#participants.map((save) => save())
    return () => {
      for (const restore of restores) restore()
    }
  }

  /** A listener that throws is a defect: it surfaces, but takes nobody's acknowledgement with it. */
  #announce(): void {
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value
}

function unavailable(message: string, cause?: unknown): AppError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new AppError('database_unavailable', 503, `${message}${why}`, { temporary: true, cause })
}
