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
 * more than the one that its commands end with. Any other reply stays as it is: what it means is
 * known to whoever sent the command.
 */
export function redisFailure(error: unknown, place: string, why: Error | null): unknown {
  if (error instanceof AppError) return error
  const code = replyCode(error)
  // Without a reply to the command it is the connection that failed, be it by a reply of its own.
  if (code === null) return forbidden(why, place) ?? unreachable(place, causeOf(error, why), error)
  if (PASSING.has(code)) return unreachable(place, (error as Error).message, error)
  if (code === 'OOM') {
    return new AppError(
      'log_full',
      503,
      `Redis at ${place} has no memory left: raise maxmemory, or keep less (RETENTION_HOURS).`,
      { temporary: true, cause: error },
    )
  }
  return forbidden(error, place) ?? error
}

function forbidden(error: unknown, place: string): AppError | null {
  if (!FORBIDDEN.has(replyCode(error) ?? '')) return null
  const { message } = error as Error
  return new AppError('log_forbidden', 500, `Redis at ${place} refuses this user: ${message}`, {
    cause: error,
  })
}

function causeOf(error: unknown, why: Error | null): string {
  if (why) return why.message
  // The client counts attempts where one was made: the connection was lost under the command.
  const lost = error instanceof Error && error.name === 'MaxRetriesPerRequestError'
  if (lost) return 'the connection was lost'
  return error instanceof Error ? error.message : String(error)
}

export function unreachable(place: string, why: string, cause?: unknown): AppError {
  return new AppError('log_unreachable', 503, `Redis at ${place} cannot be reached (${why}).`, {
    temporary: true,
    cause,
  })
}

export function isUnreachable(failure: unknown): failure is AppError {
  return failure instanceof AppError && failure.code === 'log_unreachable'
}
