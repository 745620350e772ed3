import type { AppendOutcome, Checkpoint, SourceRecord } from '../event-log/event-log'
import { AppError } from '../errors'
import { partitionName, type FetchedBatch, type TopicPartition } from '../kafka/kafka'
import { pause } from '../lib/pause'
import type { Appender } from './appender'
import { readChunk, sourceRecord, type ReadRecord } from './chunk'
import type { DeadLetter } from './dead-letter'
import { declareGap } from './gap'
import { newestOf, portionsOf, type Portion } from './portions'
import type { GapReason, Place } from './progress'
import type { Project } from './projector'
import { Stall } from './stall'
import { Stretch } from './stretch'
import { retryMs } from './pace'
import type { PartitionDeps } from './partition-deps'

/** Why it stands still while log, tables or Kafka cannot be asked. */
export const WHERE_TO_GO_ON = 'where to go on could not be found out'

/** Handed over and not answered yet, of one partition: more waits until some of it landed. */
const MAX_IN_FLIGHT = 8

/**
 * One partition on its way into the log. Batches come in one at a time; their chunks are appended
 * without waiting for the chunk before. Whatever goes wrong with them has one answer: drop what is on
 * its way, look anew where the log is, and seek there. Compare-and-append makes that safe.
 */
export class PartitionMirror {
  readonly name: string
  readonly stall: Stall
  /** How often it was placed or revoked: whoever was to place it finds out that his answer is void. */
  placings = 0
  #stretch: Stretch | null = null
  #recovery: Promise<void> | null = null
  /** Chunks that were handed over, oldest first, by when that was. */
  readonly #inFlight = new Map<Promise<void>, number>()
  /** Since when a batch is at its chunk that is not handed over, or 0. */
  #takingSince = 0
  /** Recoveries since something landed. */
  #failures = 0

  constructor(
    readonly at: TopicPartition,
    private readonly deps: PartitionDeps,
  ) {
    this.name = partitionName(at)
    this.stall = new Stall(this.name, deps.counters, deps.logger)
  }

  /** What is known while it is read from its present place; null while that is looked for. */
  get stretch(): Stretch | null {
    return this.#stretch
  }

  /** It is read on from here; what was on its way before does not count. */
  place(place: Place): void {
    this.placings += 1
    // What landed just before others could read it was not committed by anybody.
    if (place.logged) this.deps.consumer().commit(this.at, place.logged.offset + 1)
    this.#stretch = new Stretch(place, this.deps.projection !== null)
  }

  /**
   * Others may read on from here: what is on its way does not count, and what it was about to read
   * says nothing any more of what was read.
   */
  revoke(): void {
    this.placings += 1
    this.#stretch = null
  }

  /** Resolves when the batch was handed over, or is void. */
  async batch(fetched: FetchedBatch): Promise<void> {
    await this.#recovery
    const stretch = this.#stretch
    if (!stretch || fetched.isStale()) return
    stretch.end = fetched.end
    const gap = await this.#gapIn(fetched, stretch)
    if (gap) {
      this.recover(stretch, gap)
      return
    }
    const isCurrent = () => stretch === this.#stretch && !fetched.isStale()
    for (const portion of portionsOf(fetched)) {
      await this.deps.turn()
      if (!isCurrent()) return
      this.#takingSince = Date.now()
      try {
        await this.#take(portion, stretch, isCurrent)
      } finally {
        this.#takingSince = 0
      }
    }
  }

  /** Drops what is on its way of this stretch, looks anew where to go on, and seeks there. */
  recover(stretch: Stretch, gap: GapReason | null): void {
    if (this.#stretch === stretch) this.#begin(stretch, gap)
  }

  /** Whatever it was at: looks anew where to go on, unless that is under way. */
  restart(): void {
    if (this.#recovery === null) this.#begin(this.#stretch, null)
  }

  #begin(stretch: Stretch | null, gap: GapReason | null): void {
    this.#stretch = null
    this.deps.counters.rewinds += 1
    const recovery = this.#recover(stretch, gap).finally(() => {
      if (this.#recovery === recovery) this.#recovery = null
    })
    this.#recovery = recovery
  }

  /** Nothing of it is on its way. */
  isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#takingSince === 0 && this.#recovery === null
  }

  /** Age of the oldest record that was fetched and is not in the log yet, in milliseconds. */
  waitingMs(now: number): number {
    const oldest = Math.min(this.#takingSince || now, ...this.#inFlight.values())
    return Math.max(0, now - oldest, this.#isBehind() ? now - this.#stretch!.timestamp : 0)
  }

  /** More is known to follow: then what is read now tells how far behind it is. */
  #isBehind(): boolean {
    const stretch = this.#stretch
    if (!stretch || stretch.timestamp <= 0 || stretch.next >= stretch.end) return false
    return (this.deps.consumer().position(this.at) ?? 0) < stretch.end
  }

  /** Resolves when everything that is on its way is answered. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight.keys())
  }

  async #take(portion: Portion, stretch: Stretch, isCurrent: () => boolean): Promise<void> {
    const { normalize, appender, project } = this.deps
    const { records, next } = portion
    if (records.some((record) => record.offset >= stretch.next && stretch.isAnother(record))) {
      this.recover(stretch, 'other_record')
      return
    }
    const wanted = records.filter(
      ({ offset }) => offset >= stretch.next && stretch.isWanted(offset),
    )
    const chunk = readChunk(normalize, this.at, this.name, wanted)
    if (chunk.letters.length > 0 && !(await this.#send(chunk.letters, isCurrent))) return
    const newest = newestOf(records, chunk.records)
    const mark = stretch.markBefore(next, newest)
    const read = mark ? [...chunk.records, mark] : chunk.records
    const events = project
      ? await this.#project(project, read, stretch, isCurrent)
      : read.map(({ event }) => event)
    if (!events) return
    await this.#room(appender)
    if (!isCurrent()) return
    stretch.read(portion, newest)
    this.#append(stretch, read, events)
  }

  #append(
    stretch: Stretch,
    read: readonly ReadRecord[],
    events: readonly (SourceRecord['event'] | null)[],
  ): void {
    const records: SourceRecord[] = []
    let bytes = 0
    for (const [place, one] of read.entries()) {
      if (!stretch.isToLog(one.record.offset)) continue
      records.push(sourceRecord(one, events[place] ?? null))
      bytes += one.record.value?.length ?? 0
    }
    const newest = records.at(-1)
    if (!newest) return
    const expected = stretch.handed
    stretch.handed = { offset: newest.offset, fingerprint: newest.fingerprint }
    const landing = this.deps.appender
      .append({ partition: this.name, expected, records }, bytes)
      .then(
        (outcome) => this.#landed(stretch, outcome),
        (error: unknown) => this.#failed(stretch, error),
      )
      .finally(() => this.#inFlight.delete(landing))
    this.#inFlight.set(landing, Date.now())
  }

  #landed(stretch: Stretch, outcome: AppendOutcome): void {
    const { checkpoint } = outcome
    if (outcome.outcome === 'rewind') {
      this.deps.logger.info({ partition: this.name, checkpoint }, 'the log is elsewhere')
      this.recover(stretch, null)
      return
    }
    this.deps.counters.appended += outcome.entries
    stretch.landed(checkpoint)
    if (this.#stretch !== stretch) return
    this.#failures = 0
    this.stall.end()
    if (checkpoint) this.deps.consumer().commit(this.at, checkpoint.offset + 1)
  }

  #failed(stretch: Stretch, error: unknown): void {
    this.stall.begin(error, 'records could not be appended')
    this.recover(stretch, null)
  }

  async #send(letters: readonly DeadLetter[], isCurrent: () => boolean): Promise<boolean> {
    const isSent = await this.deps.sendLetters(letters, isCurrent, this.stall)
    if (isSent) this.stall.end()
    return isSent
  }

  async #project(
    project: Project,
    records: readonly ReadRecord[],
    stretch: Stretch,
    isCurrent: () => boolean,
  ) {
    const events = await project(records, {
      at: this.at,
      name: this.name,
      isCurrent,
      projected: () => stretch.projected,
      sendLetters: (letters) => this.#send(letters, isCurrent),
      stall: this.stall,
    })
    if (events === 'rewind') this.recover(stretch, null)
    if (typeof events === 'string') return null
    const newest = records.at(-1)
    if (newest) stretch.projectedUpTo(checkpointOf(newest))
    return events
  }

  /** Waits where too much of this partition, or of all, is on its way. */
  async #room(appender: Appender): Promise<void> {
    await appender.room()
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight.keys())
  }

  async #gapIn({ records, marks }: FetchedBatch, stretch: Stretch): Promise<GapReason | null> {
    if (marks.some((range) => stretch.isMarked(range))) return 'other_record'
    if (!records[0] || !stretch.isHoleBefore(records[0].offset)) return null
    const span = (await this.deps.kafka.spans([this.at.topic])).get(this.name)
    return span && span.earliest > stretch.firstNeeded() ? 'trimmed' : null
  }

  async #recover(stretch: Stretch | null, why: GapReason | null): Promise<void> {
    const { locate, consumer, stopped, pace } = this.deps
    await this.settled()
    let gap = why
    while (!stopped.aborted && this.#isAssigned()) {
      await pause(retryMs(pace, this.#failures++), stopped)
      // Assigned meanwhile: it has a place.
      if (this.#stretch) return
      try {
        if (gap && stretch) await declareGap(this.name, stretch, gap, this.deps)
        gap = null
        const place = (await locate([this.at])).get(this.name)
        if (!place) throw notThere(this.name)
        if (this.#stretch || !this.#isAssigned()) return
        this.place(place)
        consumer().seek(this.at, place.from)
        return
      } catch (error) {
        this.stall.begin(error, WHERE_TO_GO_ON)
      }
    }
  }

  #isAssigned(): boolean {
    const { topic, partition } = this.at
    return this.deps
      .consumer()
      .assignment()
      .some((one) => one.topic === topic && one.partition === partition)
  }
}

function checkpointOf({ record: { offset }, fingerprint }: ReadRecord): Checkpoint {
  return { offset, fingerprint }
}

function notThere(name: string): AppError {
  return new AppError('no_such_partition', 503, `Kafka has no partition ${name} at the moment.`, {
    temporary: true,
  })
}
