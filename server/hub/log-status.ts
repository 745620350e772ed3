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
