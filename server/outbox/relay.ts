import type { Producer } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { EventTopics } from '../mirror/settings'
import { Bell, pause } from './bell'
import { deliver, type Delivery } from './deliver'
import { Lease } from './lease'
import type { Backlog, Outbox, OutboxRow } from './outbox'
import { Pace } from './pace'
import { recordOf, runsOf } from './records'
import { Trouble } from './trouble'
import { Upkeep, type UpkeepLimits } from './upkeep'

/** Sends what waits in the outbox to Kafka. At least once: a record may come twice, none is missing. */
export interface Relay {
  start(): void
  /** Ends after the send in flight and gives the lease free, so that another goes on at once. */
  stop(): Promise<void>
  stats(): RelayStats
}

export interface RelayStats {
  /** Whether this is the relay that sends. */
  readonly holding: boolean
  /** Since the start: records that Kafka acknowledged, and rows that it refused for good. */
  readonly sent: number
  readonly parked: number
  /** Since the start: attempts that failed because Kafka or the store was out of reach. */
  readonly failures: number
  /** As of about a second ago; null while it was never read. */
  readonly backlog: Backlog | null
}

export interface RelayOptions {
  readonly outbox: Outbox
  readonly producer: Producer
  readonly topics: EventTopics
  readonly logger: Logger
  /** Names this process among all that run a relay. */
  readonly holder: string
  readonly limits?: Partial<RelayLimits>
}

export interface RelayLimits extends UpkeepLimits {
  /** After so long without a renewal (its holder died) another relay takes the lease. */
  readonly leaseMs: number
  /** How often to look without being woken. */
  readonly pollMs: number
  /** Rows read at once. */
  readonly readRows: number
  /** Sent at once: what a failure in the middle sends again. */
  readonly sendBytes: number
  /** How long `stop` waits for the send in flight. */
  readonly stopMs: number
}

const LIMITS: RelayLimits = {
  leaseMs: 5_000,
  pollMs: 1_000,
  readRows: 500,
  sendBytes: 500_000,
  stopMs: 5_000,
  lookEveryMs: 1_000,
  keptMs: 24 * 3_600_000,
  sweepRows: 1_000,
  sweepEveryMs: 5_000,
}

export function createRelay(options: RelayOptions): Relay {
  return new OutboxRelay(options, { ...LIMITS, ...options.limits })
}

class OutboxRelay implements Relay {
  readonly #stopped = new AbortController()
  readonly #bell = new Bell()
  readonly #pace: Pace
  readonly #lease: Lease
  readonly #upkeep: Upkeep
  readonly #trouble: Trouble
  readonly #delivery: Delivery
  #running: Promise<unknown> = Promise.resolve()
  /** Acknowledged by Kafka, and not marked yet: the store was out of reach. */
  #unmarked: readonly number[] = []
  #sent = 0
  #parked = 0

  constructor(
    private readonly options: RelayOptions,
    private readonly limits: RelayLimits,
  ) {
    const { outbox, producer, topics, holder, logger } = options
    this.#pace = new Pace(limits.pollMs)
    this.#lease = new Lease(outbox, holder, limits.leaseMs)
    this.#upkeep = new Upkeep(outbox, limits, new Trouble(logger, 'looking after the outbox'))
    this.#trouble = new Trouble(logger, 'the relay')
    this.#delivery = {
      send: (rows) => producer.send(rows.map((row) => recordOf(row, topics))),
      sent: (rows) => this.#mark(rows),
      refused: (row, why) => this.#park(row, why.message),
    }
  }

  start(): void {
    const { signal } = this.#stopped
    this.#running = Promise.all([
      this.#run(signal),
      this.options.outbox.listen(() => this.#bell.ring(), signal),
      this.#upkeep.run(() => this.#lease.held, signal),
    ])
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await pause(this.limits.stopMs, new AbortController().signal, this.#running)
    await this.#lease.release().catch((error: unknown) => {
      this.options.logger.warn({ err: error }, 'the lease of the outbox is left to run out')
    })
  }

  stats(): RelayStats {
    return {
      holding: this.#lease.held,
      sent: this.#sent,
      parked: this.#parked,
      failures: this.#trouble.failures,
      backlog: this.#upkeep.backlog,
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const waitMs = await this.#step(signal)
        this.#trouble.over()
        if (waitMs > 0) await this.#bell.wait(waitMs, signal)
      } catch (error) {
        // Rows that are written meanwhile are no reason to try sooner.
        await pause(this.#trouble.failed(error), signal)
      }
    }
  }

  /** Answers for how long there is nothing to do; 0 where there may be more to send. */
  async #step(signal: AbortSignal): Promise<number> {
    await this.#mark([])
    if (!(await this.#lease.take())) return this.limits.pollMs
    const rows = await this.options.outbox.unsent(this.limits.readRows)
    for (const run of runsOf(rows, this.limits.sendBytes)) {
      // Never more than one send beyond the lease.
      if (signal.aborted || !(await this.#lease.take())) break
      await deliver(run, this.#delivery)
    }
    this.#pace.looked(rows.length, performance.now())
    await this.#lease.wakeUps(this.#pace.wakeUps)
    return rows.length > 0 ? 0 : this.#pace.waitMs(performance.now())
  }

  /** Marks these, and those that could not be marked before. */
  async #mark(rows: readonly OutboxRow[]): Promise<void> {
    this.#sent += rows.length
    this.#unmarked = [...this.#unmarked, ...rows.map(({ seq }) => seq)]
    if (this.#unmarked.length === 0) return
    await this.options.outbox.markSent(this.#unmarked)
    this.#unmarked = []
  }

  async #park({ seq, orderId, eventId }: OutboxRow, reason: string): Promise<void> {
    await this.options.outbox.park(seq, reason)
    this.#parked++
    this.options.logger.error({ seq, orderId, eventId, reason }, 'Kafka refused a record for good')
  }
}
