import { AppError } from '../errors'
import { replyCode } from '../lib/failure.redis'
import type { Cursor } from '../protocol/cursor'

/** What the log's own scripts answer with, for people. Anything else stays as it is. */
export function logFailure(error: unknown): unknown {
  const temporary = { temporary: true, cause: error }
  switch (replyCode(error)) {
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
      return new AppError(
        'log_foreign',
        500,
        `The keys of the event log hold something else: ${(error as Error).message}`,
        { cause: error },
      )
    default:
      return error
  }
}

export function positionLost(position: Cursor): AppError {
  return new AppError('position_lost', 410, `The event log does not hold ${position} any more.`)
}
