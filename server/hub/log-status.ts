import { AppError } from '../errors'

/**
 * How the log answered when it was last asked. `refilling`: it forgot, and is filled again: nothing may be
 * published or replayed from it yet. `unreachable`: it does not answer, or was not asked yet.
 */
export type LogStatus = 'ok' | 'unreachable' | 'refilling'

/** The log is there, and has nothing yet that could be published or replayed. */
export function isRefilling(error: unknown): boolean {
  return error instanceof AppError && error.code === 'refilling'
}

/** The same may succeed later. */
export function isTemporary(error: unknown): boolean {
  return error instanceof AppError && error.temporary
}

/**
 * Throws as the log would, where it is known not to answer: thousands who each wait for that to be
 * found out again would wait for minutes.
 */
export function refuseUnlessOk(status: LogStatus): void {
  if (status === 'ok') return
  const [code, what] =
    status === 'refilling'
      ? ['refilling', 'is being filled again']
      : ['log_unreachable', 'does not answer']
  throw new AppError(code, 503, `The event log ${what}: try again later.`, { temporary: true })
}
