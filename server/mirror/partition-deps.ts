import type { SharedLog } from '../event-log/event-log'
import type { Consumer, Kafka } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { Projection } from '../orders/projection'
import type { Appender } from './appender'
import type { SendLetters } from './letters'
import type { Locate } from './locate'
import type { Normalize } from './normalize'
import type { Pace } from './pace'
import type { Project } from './projector'
import type { Counters } from './stats'

/** What all partitions of a mirror share. */
export interface PartitionDeps {
  readonly kafka: Kafka
  readonly log: SharedLog
  readonly projection: Projection | null
  readonly project: Project | null
  readonly appender: Appender
  readonly normalize: Normalize
  readonly sendLetters: SendLetters
  readonly locate: Locate
  readonly consumer: () => Consumer
  readonly counters: Counters
  readonly logger: Logger
  readonly stopped: AbortSignal
  readonly pace: Pace
  /** Before each portion: what Redis and Kafka answer is read in between, however many partitions. */
  readonly turn: () => Promise<void>
}
