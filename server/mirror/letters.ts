import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { refusedIndex, type Producer } from '../kafka/kafka'
import { deadLetterRecord, type DeadLetter } from './dead-letter'
import type { Stall } from './stall'
import type { Counters } from './stats'
import { retryMs, type Pace } from './pace'

/**
 * Sends dead letters until Kafka has them, or `isCurrent` says that nobody waits for them any more:
 * only then it answers false. What comes after them in their partition waits meanwhile.
 */
export type SendLetters = (
  letters: readonly DeadLetter[],
  isCurrent: () => boolean,
  stall: Stall,
) => Promise<boolean>

interface Options {
  readonly producer: Producer
  readonly topic: string
  readonly counters: Counters
  readonly logger: Logger
  readonly stopped: AbortSignal
  readonly pace: Pace
}

export function createLetters({
  producer,
  topic,
  counters,
  logger,
  stopped,
  pace,
}: Options): SendLetters {
  return async (letters, isCurrent, stall) => {
    let records = letters.map((letter) => deadLetterRecord(letter, topic))
    for (let failures = 1; isCurrent(); failures += 1) {
      try {
        await producer.send(records)
        for (const { reason } of letters) counters.deadLetters[reason] += 1
        const { source, reason, detail } = letters[0]!
        // One line for all: there may be as many as records.
        logger.warn(
          { letters: letters.length, first: { ...source, reason, detail } },
          'dead letters',
        )
        return true
      } catch (error) {
        stall.begin(error, 'dead letters cannot be sent')
        // Those before a refused one are there: sent again with each try they would fill the topic.
        records = records.slice(refusedIndex(error) ?? 0)
        await pause(retryMs(pace, failures), stopped)
      }
    }
    return false
  }
}
