import { AppError } from './errors'
import type { EventLog } from './event-log/event-log'
import type { Logger } from './lib/logger'

/**
 * Tells every node at once, by an entry of the log. The row was written before and acts by itself
 * within seconds, so a log that is out of reach is no failure of the revocation: it is said in the
 * server's log. Anything else rejects.
 */
export function createAnnouncer(
  log: Pick<EventLog, 'note'>,
  logger: Logger,
): (subject: string) => Promise<void> {
  return async (subject) => {
    try {
      await log.note({ kind: 'revoke', note: subject })
    } catch (error) {
      if (!(error instanceof AppError && error.temporary)) throw error
      logger.warn({ err: error, subject }, 'revoked, but other nodes could not be told at once')
    }
  }
}
