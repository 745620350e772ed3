import type { Logger } from '../lib/logger'
import { isTold } from '../lib/outage'
import type { Counters } from './stats'

/**
 * Since when a partition cannot go on, and why; said once each time that it begins or changes. Of an
 * outage that is told already nothing is said here: it stops all partitions alike.
 */
export class Stall {
  #since: number | null = null
  #sentence = ''
  #isSaid = false

  constructor(
    private readonly partition: string,
    private readonly counters: Counters,
    private readonly logger: Logger,
  ) {}

  /** Milliseconds since the epoch, or null. */
  get since(): number | null {
    return this.#since
  }

  begin(error: unknown, what: string): void {
    this.#since ??= Date.now()
    this.counters.failed(error)
    const sentence = `${what}: ${this.counters.lastError}`
    if (sentence === this.#sentence) return
    this.#sentence = sentence
    const level = isTold(error) ? 'debug' : 'warn'
    this.#isSaid ||= level === 'warn'
    this.logger[level]({ err: error, partition: this.partition }, what)
  }

  end(): void {
    if (this.#since === null) return
    const ms = Date.now() - this.#since
    this.#since = null
    this.#sentence = ''
    this.logger[this.#isSaid ? 'info' : 'debug']({ partition: this.partition, ms }, 'it goes on')
    this.#isSaid = false
  }
}
