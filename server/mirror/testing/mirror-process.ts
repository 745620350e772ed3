import type { SharedLog } from '../../event-log/event-log'
import { openKafka } from '../../kafka/client'
import type { Kafka } from '../../kafka/kafka'
import { QUICK as QUICK_KAFKA } from '../../kafka/testing/setup'
import { createLogger } from '../../lib/logger'
import { createMirror } from '../mirror'
import { mirrorSettings } from './records'
import { openLogAt, QUICK, RETENTION_MS } from './scene'

/** Moments at which the process is killed, or frozen until somebody wakes it. */
export const KILL_STEPS = [
  'before-append',
  'after-append',
  'after-commit',
  'before-letter',
  'after-letter',
] as const
export type KillStep = (typeof KILL_STEPS)[number]

export interface MirrorProcessOptions {
  readonly broker: string
  readonly redisUrl: string
  readonly topics: {
    readonly created: string
    readonly updated: string
    readonly cancelled: string
  }
  readonly deadLetterTopic: string
  readonly groupId: string
  /** Null: it runs on. */
  readonly kill: Kill | null
}

export interface Kill {
  readonly step: KillStep
  /** At the so-manieth time that it comes to this. */
  readonly times: number
  readonly signal: 'SIGKILL' | 'SIGSTOP'
}

if (import.meta.main) await run(JSON.parse(process.argv[2]!) as MirrorProcessOptions)

/** A mirror in a process of its own, until it is killed. */
async function run(options: MirrorProcessOptions): Promise<void> {
  let left = options.kill?.times ?? 0
  const reach = (step: KillStep) => {
    if (options.kill?.step !== step) return
    left -= 1
    if (left === 0) process.kill(process.pid, options.kill.signal)
  }
  const logger = createLogger('silent')
  const { broker, topics } = options
  const kafka = openKafka(
    {
      brokers: [broker],
      clientId: 'test',
      tls: null,
      sasl: null,
      partitions: 2,
      replicationFactor: 1,
    },
    logger,
    QUICK_KAFKA,
  )
  const log = await openLogAt(options.redisUrl)
  createMirror({
    kafka: mortalKafka(kafka, reach),
    log: mortalLog(log, reach),
    projection: null,
    settings: mirrorSettings({
      topics: { kind: 'three', names: topics },
      deadLetterTopic: options.deadLetterTopic,
      groupId: options.groupId,
    }),
    retentionMs: RETENTION_MS,
    logger,
    pace: QUICK,
  }).start()
}

type Reach = (step: KillStep) => void

function mortalLog(log: SharedLog, reach: Reach): SharedLog {
  return {
    append: async (batch) => {
      reach('before-append')
      const outcomes = await log.append(batch)
      reach('after-append')
      return outcomes
    },
    note: (entry) => log.note(entry),
    tail: (after, signal) => log.tail(after, signal),
    newest: (entries, bytes) => log.newest(entries, bytes),
    replay: (channel, after, limit) => log.replay(channel, after, limit),
    checkpoints: () => log.checkpoints(),
    pendingAgeMs: () => log.pendingAgeMs(),
    state: () => log.state(),
    open: (refill) => log.open(refill),
    beat: (lagMs, silentMs) => log.beat(lagMs, silentMs),
    maintain: () => log.maintain(),
  }
}

function mortalKafka(kafka: Kafka, reach: Reach): Kafka {
  return {
    ...kafka,
    producer() {
      const producer = kafka.producer()
      return {
        send: async (records) => {
          reach('before-letter')
          await producer.send(records)
          reach('after-letter')
        },
      }
    },
    consume(options, handler) {
      const consumer = kafka.consume(options, handler)
      return {
        ...consumer,
        commit(partition, offset) {
          consumer.commit(partition, offset)
          reach('after-commit')
        },
      }
    },
  }
}
