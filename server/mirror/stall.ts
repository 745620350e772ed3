import type { Logger } from '../lib/logger'
import type { Counters } from './stats'

/** Since when a partition cannot go on, and why; said once each time that it begins or changes. */
export class Stall {
  #since: number | null = null
  #sentence = ''

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
    this.logger.warn({ err: error, partition: this.partition }, what)
  }

  end(): void {
    if (this.#since === null) return
    const ms = Date.now() - this.#since
    this.#since = null
    this.#sentence = ''
    this.logger.info({ partition: this.partition, ms }, 'it goes on')
  }
}
