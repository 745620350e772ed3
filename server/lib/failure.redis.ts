import { ReplyError } from 'ioredis'
import { AppError } from '../errors'

/** Redis answered, and its answer names a state that ends by itself or by a change of master. */
const PASSING = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'ASK',
  'NOREPLICAS',
  'READONLY',
  'TRYAGAIN',
  'UNBLOCKED',
])
/** Redis answered as one that is not (any more) the master of these keys. */
const ELSEWHERE = new Set(['CLUSTERDOWN', 'MASTERDOWN', 'MOVED', 'READONLY'])
const FORBIDDEN = new Set(['NOAUTH', 'NOPERM', 'WRONGPASS'])

/** The first word of an error reply, by which Redis and scripts tell errors apart; null: no reply. */
export function replyCode(error: unknown): string | null {
  if (!(error instanceof ReplyError)) return null
  return /^[A-Z]+(?= |$)/.exec((error as Error).message)?.[0] ?? ''
}

/** Whether the connection is to be made anew, to whatever is the master then. */
export function isElsewhere(error: Error): boolean {
  return ELSEWHERE.has(replyCode(error) ?? '')
}

/**
 * What went wrong with a command, for people. `why`: the connection's own last error, which says
 * more than the one that its commands end with. A reply that only a defect can cause stays as it is.
 */
export function redisFailure(error: unknown, place: string, why: Error | null): unknown {
  if (error instanceof AppError) return error
  const code = replyCode(error)
  const { message } = error instanceof Error ? error : new Error(String(error))
  if (code === null) return unreachable(place, why?.message ?? causeOf(error, message), error)
  if (PASSING.has(code)) return unreachable(place, message, error)
  if (FORBIDDEN.has(code)) {
    return new AppError('log_forbidden', 500, `Redis at ${place} refuses this user: ${message}`, {
      cause: error,
    })
  }
  if (code === 'OOM') {
    return new AppError(
      'log_full',
      503,
      `Redis at ${place} has no memory left: raise maxmemory, or keep less (RETENTION_HOURS).`,
      { temporary: true, cause: error },
    )
  }
  return error
}

/** The client counts attempts where one was made: the connection was lost under a command. */
function causeOf(error: unknown, message: string): string {
  const lost = error instanceof Error && error.name === 'MaxRetriesPerRequestError'
  return lost ? 'the connection was lost' : message
}

export function unreachable(place: string, why: string, cause?: unknown): AppError {
  return new AppError('log_unreachable', 503, `Redis at ${place} cannot be reached (${why}).`, {
    temporary: true,
    cause,
  })
}
