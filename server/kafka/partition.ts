import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { createBackoff } from './backoff'
import type { Fetched } from './decode'
import type { ConsumerHandler, FetchedBatch, TopicPartition } from './kafka'
import { partitionName } from './kafka'
import type { KafkaLimits } from './limits'

/**
 * One partition on its way from fetches to the handler: what waits is handed over one batch at a
 * time; whatever voids it (a seek, a rebalance, a stop) begins another epoch, and what belongs to an
 * earlier one is stale. Outlives assignments, so that two batches of a partition never overlap.
 */
export interface Reading extends TopicPartition {
  readonly name: string
  /** Changes whenever what was fetched before is void. */
  epoch(): number
  /** Where the next fetch begins; null while that is not known or the partition is not ours. */
  fetchFrom(): number | null
  /** Bytes that wait or are being handled. */
  held(): number
  /** Everything before it was delivered and resolved, or held no record for us. */
  position(): number | null
  /** Takes what a fetch of this epoch brought. */
  add(fetched: Fetched): void
  /** The next batch begins at `offset`; null: void, and nothing is known of where to go on. */
  place(offset: number | null): void
  /** Settles when no handler runs. */
  idle(): Promise<void>
}

interface Context {
  readonly handler: Pick<ConsumerHandler, 'batch'>
  readonly limits: KafkaLimits
  readonly logger: Logger
  readonly stopped: AbortSignal
  /** Ends what a member that was silent for too long may still hold for its own. */
  readonly checkLease: () => void
  /** Bytes were released, or the place to fetch from changed. */
  readonly onRoom: () => void
}

export function createReading(
  { topic, partition }: TopicPartition,
  { handler, limits, logger, stopped, checkLease, onRoom }: Context,
): Reading {
  const name = partitionName({ topic, partition })
  let epoch = 0
  let next: number | null = null
  let waiting: Fetched[] = []
  let waitingBytes = 0
  let handledBytes = 0
  let done: number | null = null
  let running: Promise<void> | null = null

  /** Takes what waits, up to the bound, as one. */
  function take(): Fetched {
    const taken: Fetched[] = []
    let bytes = 0
    while (waiting[0] && (taken.length === 0 || bytes + waiting[0].bytes <= limits.batchBytes)) {
      bytes += waiting[0].bytes
      taken.push(waiting.shift()!)
    }
    waitingBytes -= bytes
    const newest = taken.at(-1)!
    if (taken.length === 1) return newest
    const records = taken.flatMap((one) => one.records)
    return { ...newest, records, marks: taken.flatMap((one) => one.marks), bytes }
  }

  async function deliver(): Promise<void> {
    const backoff = createBackoff(limits.backoffMs)
    while (waiting.length > 0 && !stopped.aborted) {
      const born = epoch
      const taken = take()
      handledBytes = taken.bytes
      const worked = await hand(taken, born)
      handledBytes = 0
      if (epoch === born) {
        if (worked) done = taken.next
        // What is tried again is held meanwhile.
        else putBack(taken)
      }
      if (worked) backoff.reset()
      else await pause(backoff.next(), stopped)
      if (epoch === born) onRoom()
    }
  }

  function putBack(taken: Fetched): void {
    waiting.unshift(taken)
    waitingBytes += taken.bytes
  }

  async function hand({ records, next, marks, end }: Fetched, born: number) {
    const isStale = () => {
      checkLease()
      return epoch !== born
    }
    if (isStale()) return true
    const batch: FetchedBatch = { topic, partition, records, next, marks, end, isStale }
    try {
      await handler.batch(batch)
      return true
    } catch (error) {
      const offset = records[0]?.offset ?? next
      logger.warn({ err: error, partition: name, offset }, 'a batch was not handled: again soon')
      return false
    }
  }

  function run(): void {
    running ??= deliver().finally(() => {
      running = null
      if (waiting.length > 0 && !stopped.aborted) run()
    })
  }

  return {
    topic,
    partition,
    name,
    epoch: () => epoch,
    fetchFrom: () => next,
    held: () => waitingBytes + handledBytes,
    position: () => done,

    add(fetched) {
      next = fetched.next
      waiting.push(fetched)
      waitingBytes += fetched.bytes
      run()
    },

    place(offset) {
      epoch++
      waiting = []
      waitingBytes = 0
      next = offset
      done = offset
      onRoom()
    },

    idle: async () => {
      while (running) await running
    },
  }
}
