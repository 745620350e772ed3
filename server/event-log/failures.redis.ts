import { AppError } from '../errors'
import { replyCode } from '../lib/failure.redis'
import type { Cursor } from '../protocol/cursor'

/** What the log's own scripts answer with, for people; and whatever else Redis refused. */
export function logFailure(error: unknown): unknown {
  const code = replyCode(error)
  if (code === null) return error
  const temporary = { temporary: true, cause: error }
  switch (code) {
    case 'REFILLING':
      return new AppError(
        'refilling',
        503,
        'The event log is not open yet, or is being refilled: try again in a moment.',
        temporary,
      )
    case 'NOTOPEN':
      return new AppError(
        'log_not_open',
        503,
        'The event log was never opened, or forgot everything: a worker opens it.',
        temporary,
      )
    case 'FOREIGN':
    case 'WRONGTYPE':
      return refused('log_foreign', 'The keys of the event log hold something else', error)
    default:
      return refused('log_refused', 'Redis refused what the event log asked of it', error)
  }
}

function refused(code: string, what: string, error: unknown): AppError {
  return new AppError(code, 500, `${what}: ${(error as Error).message}`, { cause: error })
}

export function positionLost(position: Cursor): AppError {
  return new AppError('position_lost', 410, `The event log does not hold ${position} any more.`)
}
