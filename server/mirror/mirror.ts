import type { SharedLog } from '../event-log/event-log'
import { partitionName, type Consumer, type Kafka, type TopicPartition } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import type { Projection } from '../orders/projection'
import { Absences } from './absences'
import { createAppender } from './appender'
import { beat, Beats } from './beats'
import { declareGap } from './gap'
import { createLetters } from './letters'
import { createLocate } from './locate'
import { createNormalize } from './normalize'
import { PartitionMirror, WHERE_TO_GO_ON } from './partition'
import type { PartitionDeps } from './partition-deps'
import type { Place } from './progress'
import { createProject } from './projector'
import type { MirrorSettings } from './settings'
import type { Stretch } from './stretch'
import { Counters, type MirrorStats } from './stats'
import { prepareTopics, topicNames } from './topics'
import { PACE, type Pace } from './pace'
import { createTurn } from './turn'
import { Watch } from './watch'

/** Reads the topics of orders as one of a group, and brings what they say into the log. */
export interface Mirror {
  /** Begins. What cannot be reached yet is tried until it can. */
  start(): void
  /** Ends once what is on its way was answered; bounded in time. */
  stop(): Promise<void>
  stats(): MirrorStats
}

export interface MirrorOptions {
  readonly kafka: Kafka
  readonly log: SharedLog
  /** With `ORDERS=off`; null with `ORDERS=on`. */
  readonly projection: Projection | null
  readonly settings: MirrorSettings
  /** How old a record may be that an empty log still gets. */
  readonly retentionMs: number
  readonly logger: Logger
  readonly pace?: Pace
}

const STOP_MS = 10_000

export function createMirror(options: MirrorOptions): Mirror {
  return new RunningMirror(options)
}

class RunningMirror implements Mirror {
  readonly #stopping = new AbortController()
  readonly #counters = new Counters()
  readonly #partitions = new Map<string, PartitionMirror>()
  readonly #beats = new Beats()
  readonly #deps: PartitionDeps
  readonly #topics: readonly string[]
  readonly #absences: Absences
  #consumer: Consumer | null = null
  #watch: Watch | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly options: MirrorOptions) {
    const { kafka, log, projection, settings, pace = PACE } = options
    const logger = options.logger.child({ part: 'mirror' })
    const counters = this.#counters
    const stopped = this.#stopping.signal
    this.#topics = topicNames(settings.topics)
    this.#absences = new Absences(pace.goneAfterMs)
    const topic = settings.deadLetterTopic
    const producer = kafka.producer()
    const watched = { topics: this.#topics, absences: this.#absences }
    const absentTopics = new Absences(pace.goneAfterMs)
    this.#deps = {
      kafka,
      log,
      projection,
      project: projection && createProject(projection, settings.maxEventBytes, stopped, pace),
      appender: createAppender(log),
      normalize: createNormalize(settings),
      sendLetters: createLetters({ producer, topic, counters, logger, stopped, pace }),
      locate: createLocate({ ...options, ...watched, absentTopics, counters, logger }),
      consumer: () => this.#consumer!,
      counters,
      logger,
      stopped,
      pace,
      turn: createTurn(),
    }
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const enough = new AbortController()
    await Promise.race([this.#ended(), pause(STOP_MS, enough.signal)])
    enough.abort()
  }

  stats(): MirrorStats {
    const { appended, rewinds, gaps, deadLetters, lastError, lastErrorAt } = this.#counters
    const stalls = [...this.#assigned()].flatMap(({ stall }) => stall.since ?? [])
    return {
      appended,
      rewinds,
      gaps,
      deadLetters: { ...deadLetters },
      lag: this.#watch?.gauge.lags() ?? new Map(),
      measuredAt: this.#watch?.measuredAt ?? null,
      refilling: this.#watch?.isRefilling ?? false,
      stalledSince: stalls.length > 0 ? Math.min(...stalls) : null,
      lastError,
      lastErrorAt,
    }
  }

  /** Nothing runs any more, and everything that was handed over is answered. */
  async #ended(): Promise<void> {
    await this.#running
    await Promise.all([...this.#partitions.values()].map((partition) => partition.settled()))
  }

  async #run(): Promise<void> {
    const { kafka, log, settings } = this.options
    const { logger, stopped, counters, pace } = this.#deps
    await prepareTopics({ kafka, settings, counters, logger, stopped, pace })
    if (stopped.aborted) return
    const { groupId } = settings
    const consumer = kafka.consume(
      { groupId, topics: this.#topics },
      {
        assigned: (partitions) => this.#place(partitions),
        revoked: (partitions) => partitions.forEach((at) => this.#partition(at).revoke()),
        batch: (batch) => this.#partition(batch).batch(batch),
      },
    )
    this.#consumer = consumer
    const partitions = () => {
      // Also those that nobody was asked for yet.
      for (const at of consumer.assignment()) this.#partition(at)
      return this.#partitions.values()
    }
    const watched = { topics: this.#topics, absences: this.#absences }
    this.#watch = new Watch({ kafka, log, ...watched, consumer, partitions, logger, pace })
    while (!stopped.aborted) {
      await this.#look(this.#watch, consumer)
      await pause(pace.lookEveryMs, stopped)
    }
    await consumer.stop()
  }

  async #look(watch: Watch, consumer: Consumer): Promise<void> {
    try {
      await watch.look()
      const now = Date.now()
      const waiting = [...this.#assigned()].map((partition) => partition.waitingMs(now))
      const lagMs = Math.max(watch.gauge.oldestMs(), ...waiting)
      await beat(this.options.log, this.#beats, { now, lagMs, fetchedAt: consumer.fetchedAt() })
    } catch (error) {
      // Partitions that have something to do find out for themselves, and say so.
      this.#counters.failed(error)
      this.#deps.logger.debug({ err: error }, 'log and topics could not be compared')
    }
  }

  async #place(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
    const before = partitions.map((at) => {
      const partition = this.#partition(at)
      const { stretch, placings } = partition
      return { partition, stretch, placings }
    })
    const places = await this.#located(partitions)
    const answer = new Map<string, number>()
    for (const { partition, stretch, placings } of before) {
      const place = places.get(partition.name)
      // Placed by its own recovery meanwhile: that is where the consumer was told to go, even if that
      // place was lost again. Or revoked: whoever asked since then is answered. In both cases the
      // consumer does not go where this answer says.
      const isVoid = () => partition.placings !== placings
      if (!place || isVoid()) continue
      await this.#tellLoss(partition, stretch, place)
      if (isVoid()) continue
      partition.place(place)
      answer.set(partition.name, place.from)
    }
    return answer
  }

  async #located(partitions: readonly TopicPartition[]) {
    try {
      return await this.#deps.locate(partitions)
    } catch (error) {
      for (const at of partitions) this.#partition(at).stall.begin(error, WHERE_TO_GO_ON)
      throw error
    }
  }

  /** No checkpoint tells of a loss before the first record: only who was about to read it knows. */
  async #tellLoss({ name }: PartitionMirror, before: Stretch | null, place: Place): Promise<void> {
    if (!before || before.handed || place.logged || place.earliest <= before.firstNeeded()) return
    await declareGap(name, place, 'trimmed', this.#deps)
  }

  #partition({ topic, partition }: TopicPartition): PartitionMirror {
    const name = partitionName({ topic, partition })
    const known = this.#partitions.get(name)
    if (known) return known
    const made = new PartitionMirror({ topic, partition }, this.#deps)
    this.#partitions.set(name, made)
    return made
  }

  *#assigned(): Generator<PartitionMirror> {
    for (const { topic, partition } of this.#consumer?.assignment() ?? []) {
      const known = this.#partitions.get(partitionName({ topic, partition }))
      if (known) yield known
    }
  }
}
