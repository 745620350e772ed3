import { AppError } from '../errors'

/** The server may not be written to: it was the primary, or never was. */
const READ_ONLY = '25006'

/** What makes the same request worth trying again: the server's state, not what was asked of it. */
const TEMPORARY = [
  /^40/, // serialization failures and deadlocks that outlasted every repetition
  /^53/, // out of connections, memory or disk
  /^58/, // the system below
  '57014', // statement_timeout
  '55P03', // lock_timeout
  READ_ONLY,
] as const

const CONFLICTS = ['40001', '40P01']

/** The address, the password or the server's settings are wrong. */
const REFUSALS = [/^28/, '3D000', '42501'] as const

/** What was wrong with a text that cannot be stored. */
const TEXT_REFUSALS: ReadonlyMap<string, string> = new Map([
  ['22021', 'holds the character U+0000: expected text without it'],
  ['54000', 'is too long for a name: expected at most 2,500 bytes'],
])

/** A serialization failure or a deadlock: nothing was written, and the same again may succeed. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.includes(sqlStateOf(error))
}

/**
 * Wrong password, no such database, no TLS: waiting does not help, somebody has to change something.
 * Also where it is the cause of what `failureOf` made of it.
 */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof AppError ? error.details.cause : error
  return matches(REFUSALS, sqlStateOf(cause)) || isUnwelcome(cause)
}

/** Of its own codes Bun has many for a login that failed. */
function isUnwelcome(error: unknown): boolean {
  return error instanceof Bun.SQL.PostgresError && /TLS|AUTH|PASSWORD|SASL|BINDING/.test(error.code)
}

export function isReadOnly(error: unknown): boolean {
  return sqlStateOf(error) === READ_ONLY
}

/** Time ran out: what was sent may still be carried out. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`)
  }
}

/** Connection exceptions; shutting down, crashed, starting; idle_in_transaction_session_timeout. */
const LOST = /^(08|57P0|25P03)/

/** The connection was refused, broke, or did not answer in time. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof DeadlineError) return true
  if (!(error instanceof Bun.SQL.PostgresError)) return false
  return error.code.startsWith('ERR_POSTGRES_CONNECTION_') || LOST.test(sqlStateOf(error))
}

/**
 * What callers get for an error of Bun.SQL: `store_unreachable` (503, temporary) where the server
 * cannot be reached or cannot work now, `invalid_text` (422) for a text that it cannot keep.
 * All else is a defect and stays as it is.
 */
export function failureOf(error: unknown): unknown {
  const state = sqlStateOf(error)
  const refusedAtLogin = isUnwelcome(error) || /^28|^3D/.test(state)
  if (isConnectionLost(error) || matches(TEMPORARY, state) || refusedAtLogin) {
    return unreachable(error)
  }
  const refusal = TEXT_REFUSALS.get(state)
  if (refusal === undefined) return error
  return new AppError('invalid_text', 422, `A text of the request ${refusal}.`, { cause: error })
}

/** Why is for the log (`cause`): clients are told no names of databases or users. */
function unreachable(cause: unknown): AppError {
  return new AppError(
    'store_unreachable',
    503,
    'The orders cannot be reached at the moment: try again.',
    { temporary: true, cause },
  )
}

/** The connection broke, or time ran out, after COMMIT was sent. */
export function outcomeUnknown(cause: unknown): AppError {
  return new AppError(
    'store_unreachable',
    503,
    'The connection to the orders was lost before the change was confirmed, and it may have been ' +
      'made: look, or repeat the request with the same Idempotency-Key.',
    { temporary: true, cause },
  )
}

/** At the start, for whoever starts it: `address` is without the password. */
export function startFailureOf(error: unknown, address: string): unknown {
  const cause = error instanceof AppError ? error.details.cause : error
  const why = cause instanceof Error ? cause.message : String(cause)
  if (isRefusal(cause)) {
    const message = `Postgres at ${address} refused us (${why}): check DATABASE_URL.`
    return new AppError('database_refused', 500, message, { cause })
  }
  const failure = failureOf(error)
  if (!(failure instanceof AppError) || !failure.temporary) return failure
  const message = `Postgres at ${address} cannot be reached (${why}): check DATABASE_URL, and start it.`
  return new AppError(failure.code, failure.status, message, { temporary: true, cause })
}

function sqlStateOf(error: unknown): string {
  return error instanceof Bun.SQL.PostgresError ? (error.errno ?? '') : ''
}

function matches(patterns: readonly (string | RegExp)[], state: string): boolean {
  return patterns.some((one) => (typeof one === 'string' ? one === state : one.test(state)))
}
