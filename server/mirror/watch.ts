import type { Checkpoint, LogState, SharedLog } from '../event-log/event-log'
import { partitionName, type Consumer, type Kafka, type PartitionSpan } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { Absences } from './absences'
import { LagGauge } from './lag'
import { isContradicted, proofOf } from './mark'
import type { PartitionMirror } from './partition'
import type { Pace } from './pace'
import { gapAt, hasForgotten, stuckAt } from './progress'
import { Stillness } from './stillness'
import type { PartitionLag } from './stats'
import type { Stretch } from './stretch'

interface Options {
  readonly kafka: Kafka
  readonly log: SharedLog
  readonly topics: readonly string[]
  readonly consumer: Consumer
  /** All that this mirror ever read. */
  readonly partitions: () => Iterable<PartitionMirror>
  readonly absences: Absences
  readonly logger: Logger
  readonly pace: Pace
}

/** A partition as it was before anybody was asked. */
interface Known {
  readonly partition: PartitionMirror
  readonly stretch: Stretch
  readonly logged: Checkpoint | null
}

/** Partitions of others that stand still for so long are looked into, every so many looks. */
const STILL_MS = 10_000
const LOOK_INTO_EVERY = 4
/** Every so many looks the records at the checkpoints are compared once more. */
const COMPARE_EVERY = 12

/**
 * What no new record would show: a log that forgot (FLUSHALL, a lost tail), a topic that was made
 * anew or trimmed, and how long records have been waiting, also in partitions that others read.
 */
export class Watch {
  readonly gauge = new LagGauge()
  #isRefilling = false
  #measuredAt: number | null = null
  #looks = 0
  /** Ends behind the last record that can be read, where marks of transactions follow it. */
  readonly #through = new Map<string, number>()
  readonly #stillness = new Stillness()

  constructor(private readonly options: Options) {}

  /** As of the last look. */
  get isRefilling(): boolean {
    return this.#isRefilling
  }

  /** When the gauge was last brought up to date, milliseconds since the epoch; null: never. */
  get measuredAt(): number | null {
    return this.#measuredAt
  }

  /** Rejects where log or Kafka cannot be asked. */
  async look(): Promise<void> {
    const { kafka, log, topics } = this.options
    const known = this.#known()
    // In this order: what is in the log was in Kafka before.
    const state = await log.state()
    const spans = await kafka.spans(topics)
    this.#looks += 1
    for (const one of known) this.#check(one, state, spans.get(one.partition.name))
    // Whoever looks where to go on tells of partitions that are gone.
    const gone = this.options.absences.among(state.refill.keys(), (name) => spans.has(name))
    if (gone.length > 0 && known[0]) known[0].partition.recover(known[0].stretch, null)
    await this.#measure(state, spans)
    this.#isRefilling = !state.opened || state.refill.size > 0
    if (this.#looks % COMPARE_EVERY === 0) await this.#compare()
  }

  #known(): Known[] {
    const assigned = new Set(this.options.consumer.assignment().map(partitionName))
    return [...this.options.partitions()].flatMap((partition) => {
      const { stretch } = partition
      if (!stretch || !assigned.has(partition.name)) return []
      return [{ partition, stretch, logged: stretch.logged }]
    })
  }

  #check({ partition, stretch, logged }: Known, state: LogState, span?: PartitionSpan) {
    const stored = state.checkpoints.get(partition.name) ?? null
    const refill = state.refill.get(partition.name)
    if (!state.opened || hasForgotten(stored, logged)) {
      this.options.logger.warn({ partition: partition.name, logged, stored }, 'the log forgot')
      partition.recover(stretch, null)
    } else if (span && span.earliest > stretch.firstNeeded()) {
      // As of now: what was read since the spans were asked for may be deleted.
      partition.recover(stretch, 'trimmed')
    } else if (span && logged && gapAt(logged.offset, span) === 'beyond_end') {
      partition.recover(stretch, 'beyond_end')
    } else if (span && refill && stuckAt(refill, span)) {
      partition.recover(stretch, null)
    }
  }

  async #measure(state: LogState, spans: ReadonlyMap<string, PartitionSpan>): Promise<void> {
    const now = Date.now()
    const mayLookInto = this.#looks % LOOK_INTO_EVERY === 0
    const own = new Map([...this.options.partitions()].map((one) => [one.name, one]))
    const assigned = new Set(this.options.consumer.assignment().map(partitionName))
    for (const [name, span] of spans) {
      const checkpoint = state.checkpoints.get(name) ?? null
      const partition = own.get(name)
      const through = Math.max(this.#through.get(name) ?? 0, this.#positionOf(partition))
      this.gauge.observe(name, span, checkpoint, state.refill.get(name), through, now)
      const lag = this.gauge.lags().get(name)
      if (lag?.records === 0 && partition?.isIdle()) partition.stall.end()
      if (lag && lag.ageMs > STILL_MS && !partition?.stretch && mayLookInto)
        await this.#lookInto(span, checkpoint)
      if (partition && lag && assigned.has(name)) this.#free(partition, lag, checkpoint)
    }
    this.gauge.keep(spans)
    this.#measuredAt = now
  }

  /** Nothing is to stand still that has records before it: beginning anew ends it, whatever it was. */
  #free(partition: PartitionMirror, lag: PartitionLag, checkpoint: Checkpoint | null): void {
    const { consumer, logger, pace } = this.options
    const { name } = partition
    const position = consumer.position(partition.at)
    const isWaiting = lag.records > 0 && partition.isIdle()
    const state = `${isWaiting} ${checkpoint?.offset} ${position}`
    const stillMs = this.#stillness.observe(name, state, performance.now())
    if (!isWaiting || stillMs < pace.stuckAfterMs) return
    this.#stillness.forget(name)
    logger.warn(
      { partition: name, position, ...lag },
      'records wait and nothing moves: begins anew',
    )
    partition.restart()
  }

  /** How far it is through, where nothing of it is on its way. */
  #positionOf(partition: PartitionMirror | undefined): number {
    if (!partition?.stretch || !partition.isIdle()) return 0
    return this.options.consumer.position(partition.at) ?? 0
  }

  /** Whether there is any record behind the checkpoint of a partition that somebody else reads. */
  async #lookInto(span: PartitionSpan, checkpoint: Checkpoint | null): Promise<void> {
    const from = Math.max(span.earliest, (checkpoint?.offset ?? -1) + 1)
    const records = await this.options.kafka.read(span, from, 1)
    if (records.length === 0) this.#through.set(partitionName(span), span.end)
  }

  /** A topic that was made anew and filled beyond the checkpoint at once looks like the old one. */
  async #compare(): Promise<void> {
    for (const { partition, stretch, logged } of this.#known()) {
      if (!logged) continue
      const from = proofOf(logged)?.offset ?? 0
      const [record] = await this.options.kafka.read(partition.at, from, 1)
      if (record && isContradicted(logged, record)) partition.recover(stretch, 'other_record')
    }
  }
}
