import type { Channel } from './channel'
import type { Clock } from './clock'

export interface Operation {
  readonly channel: Channel
  readonly kind: 'subscribe' | 'unsubscribe'
}

/** The server may wait for its log before it answers; beyond this nothing will come any more. */
const ANSWER_TIMEOUT_MS = 30_000

/**
 * Subscribes and unsubscribes go out one at a time, each after the answer to the one before: `error`
 * frames name no channel, so this is how it is known whose they are.
 */
export class Operations {
  #waiting: Operation[] = []
  #running: Operation | null = null
  #cancelTimeout = () => {}

  constructor(
    private readonly clock: Clock,
    private readonly effects: {
      send(operation: Operation): void
      /** No answer came: the connection is of no use. */
      timedOut(): void
    },
  ) {}

  /** The operation whose answer is awaited. */
  get running(): Operation | null {
    return this.#running
  }

  add(operation: Operation): void {
    this.#waiting.push(operation)
    this.#next()
  }

  /** Takes back what was not sent yet. True when there was something. */
  withdraw(channel: Channel): boolean {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter((operation) => operation.channel !== channel)
    return this.#waiting.length < before
  }

  /** The running operation was answered. */
  answered(): void {
    this.#cancelTimeout()
    this.#running = null
    this.#next()
  }

  /** The connection has ended, and with it all that was asked on it. */
  clear(): void {
    this.#cancelTimeout()
    this.#waiting = []
    this.#running = null
  }

  #next(): void {
    if (this.#running) return
    const next = this.#waiting.shift()
    if (!next) return
    this.#running = next
    this.#cancelTimeout = this.clock.after(ANSWER_TIMEOUT_MS, () => this.effects.timedOut())
    this.effects.send(next)
  }
}
