import type { Logger } from '../lib/logger'
import { isTold } from '../lib/outage'
import type { SharedLog } from './event-log'

export interface LogUpkeep {
  start(): void
  stop(): Promise<void>
  /** Whether the count of entries cut into the time that they should be kept. */
  ceiling(): boolean
}

const EVERY_MS = 5_000
/** Between two steps of one that has more to do: the store serves others meanwhile. */
const STEP_MS = 50

/** Runs retention of a shared log, in small steps. Several processes may: it comes to the same. */
export function createLogUpkeep(log: SharedLog, logger: Logger): LogUpkeep {
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> = Promise.resolve()
  let ceiling = false
  let failing = false

  function next(ms: number): void {
    timer = setTimeout(() => void (running = step()), ms)
  }

  async function step(): Promise<void> {
    let waitMs = EVERY_MS
    try {
      const done = await log.maintain()
      if (done.ceiling && !ceiling) {
        logger.warn('RETENTION_MAX_ENTRIES cuts into RETENTION_HOURS: older cursors expire early')
      }
      ceiling = done.ceiling
      failing = false
      if (done.more) waitMs = STEP_MS
    } catch (error) {
      const level = failing || isTold(error) ? 'debug' : 'warn'
      logger[level]({ err: error }, 'the retention of the log is put off')
      failing = true
    }
    if (timer !== null) next(waitMs)
  }

  return {
    start: () => next(EVERY_MS),
    async stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await running
    },
    ceiling: () => ceiling,
  }
}
