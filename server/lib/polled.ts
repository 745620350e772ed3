import type { Logger } from './logger'
import { isTold } from './outage'

/** An answer that is asked for again and again, to be had at once. */
export interface Polled<Answer> {
  /** The newest answer, null before the first. */
  latest(): Answer | null
  /** Whether the last question was answered. */
  isAnswered(): boolean
  stop(): void
}

/** Asks every `everyMs` milliseconds, one question at a time; failures are logged when they begin, unless the outage behind them is told already. */
export function poll<Answer>(
  ask: () => Promise<Answer>,
  { everyMs, about, logger }: { everyMs: number; about: string; logger: Logger },
): Polled<Answer> {
  let latest: Answer | null = null
  let failing: 'no' | 'told' | 'said' = 'no'
  let answered = false
  let timer: ReturnType<typeof setTimeout> | null = null
  let stopped = false

  async function look(): Promise<void> {
    try {
      latest = await ask()
      answered = true
      if (failing === 'said') logger.info(`${about}: answered again`)
      failing = 'no'
    } catch (error) {
      answered = false
      if (failing !== 'no' || stopped) return
      failing = isTold(error) ? 'told' : 'said'
      logger[failing === 'told' ? 'debug' : 'warn']({ err: error }, `${about}: not answered`)
    } finally {
      if (!stopped) timer = setTimeout(() => void look(), everyMs)
    }
  }
  void look()

  return {
    latest: () => latest,
    isAnswered: () => answered,
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
