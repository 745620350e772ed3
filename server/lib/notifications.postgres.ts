import type { Logger } from './logger'

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 5_000

export interface Listening {
  /** A client of its own; calls `onClose` when its connection is lost, or was never made. */
  readonly connect: (onClose: () => void) => Bun.SQL
  readonly channel: string
  readonly onNotify: () => void
  readonly signal: AbortSignal
  /** How long one attempt to subscribe may take. */
  readonly attemptMs: number
  readonly logger: Logger
}

/**
 * Listens to a channel on a connection of its own and subscribes again whenever that is lost, until
 * the signal aborts. `onNotify` is called for each notification, and after each subscribing, because
 * some may have been missed before. Resolves after the first attempt, whatever came of it.
 *
 * A connection that died without a sign (a cable) is not noticed: callers look by themselves as well.
 */
export function listen(listening: Listening): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  void follow(listening, resolve)
  return promise
}

async function follow(listening: Listening, onTried: () => void): Promise<void> {
  const { signal, logger, channel } = listening
  let pauseMs = FIRST_PAUSE_MS
  while (!signal.aborted) {
    const subscription = new Subscription(listening)
    const error = await subscription.attempt()
    onTried()
    if (error === null) {
      pauseMs = FIRST_PAUSE_MS
      await subscription.lost
    } else {
      logger.debug({ err: error, channel }, 'cannot listen to Postgres')
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)
    }
    await subscription.end()
    await pause(pauseMs, signal)
  }
  onTried()
}

class Subscription {
  readonly #sql: Bun.SQL
  readonly #closed = Promise.withResolvers<void>()
  readonly #close = () => this.#closed.resolve()

  constructor(private readonly listening: Listening) {
    // Ended as soon as it is lost: Bun's own reconnecting reports on standard error.
    this.#sql = listening.connect(this.#close)
    listening.signal.addEventListener('abort', this.#close, { once: true })
  }

  /** Resolves when the connection is lost or the signal aborts. */
  get lost(): Promise<void> {
    return this.#closed.promise
  }

  /** Null once it listens, else why it does not. */
  async attempt(): Promise<unknown> {
    const { channel, onNotify, attemptMs } = this.listening
    const timer = setTimeout(this.#close, attemptMs)
    try {
      return await Promise.race([
        this.#sql.listen(channel, onNotify, onNotify).then(() => null),
        this.lost.then(() => new Error('the connection was lost')),
      ])
    } catch (error) {
      return error
    } finally {
      clearTimeout(timer)
    }
  }

  async end(): Promise<void> {
    this.listening.signal.removeEventListener('abort', this.#close)
    await this.#sql.close({ timeout: 0 })
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
}
