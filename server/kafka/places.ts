import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { type Backoff, createBackoff } from './backoff'
import type { ConsumerHandler } from './kafka'
import type { KafkaLimits } from './limits'
import type { Reading } from './partition'

/** Asks the handler from where on partitions are to be read; until then nothing of them is fetched. */
export interface Places {
  /** Asks until there is an answer for each that still needs one. Never rejects. */
  find(readings: readonly Reading[]): Promise<void>
  /** What it was read from is gone: asks anew, slower where that happens again and again. */
  lost(reading: Reading, why: string): void
}

interface Context {
  readonly handler: Pick<ConsumerHandler, 'assigned'>
  readonly limits: KafkaLimits
  readonly logger: Logger
  readonly stopped: AbortSignal
  readonly isAssigned: (reading: Reading) => boolean
}

export function createPlaces(context: Context): Places {
  const { handler, limits, logger, stopped, isAssigned } = context
  /** Of partitions that had to ask anew, and when they last had to. */
  const losses = new Map<string, { readonly backoff: Backoff; at: number }>()

  async function find(readings: readonly Reading[]): Promise<void> {
    const backoff = createBackoff(limits.backoffMs)
    const epochs = new Map(readings.map((reading) => [reading, reading.epoch()]))
    // A rebalance or a seek has made the question void for those of another epoch.
    const open = () => readings.filter((one) => isAssigned(one) && one.epoch() === epochs.get(one))
    while (!stopped.aborted && open().length > 0) {
      await ask(open(), open)
      if (open().length > 0) await pause(backoff.next(), stopped)
    }
  }

  async function ask(asked: readonly Reading[], open: () => readonly Reading[]): Promise<void> {
    try {
      const partitions = asked.map(({ topic, partition }) => ({ topic, partition }))
      const places = await handler.assigned(partitions)
      const missing: string[] = []
      for (const reading of open()) {
        const place = places.get(reading.name)
        if (place === undefined) missing.push(reading.name)
        else reading.place(place)
      }
      if (missing.length > 0) logger.warn({ partitions: missing }, 'nobody knows where to go on')
    } catch (error) {
      logger.warn({ err: error }, 'where to go on could not be found out: again soon')
    }
  }

  return {
    find,

    lost(reading, why) {
      const offset = reading.fetchFrom()
      logger.warn({ partition: reading.name, offset, why }, 'has to ask where to go on')
      reading.place(null)
      const epoch = reading.epoch()
      const loss = losses.get(reading.name) ?? { backoff: createBackoff(limits.backoffMs), at: 0 }
      if (performance.now() - loss.at > limits.stalledMs) loss.backoff.reset()
      loss.at = performance.now()
      losses.set(reading.name, loss)
      void pause(loss.backoff.next(), stopped).then(() => {
        if (reading.epoch() === epoch) return find([reading])
      })
    },
  }
}
