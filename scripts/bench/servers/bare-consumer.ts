/** The peer that only reads: kafkajs' own `eachBatch`, which counts records and does nothing else. */
import { Kafka, logLevel } from 'kafkajs'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import type { Topics } from '../lib/distributed'

export interface ConsumeOrder {
  readonly broker: string
  readonly topics: Topics
  readonly records: number
}

export interface ConsumeRun {
  /** From the assignment of partitions to the last record. */
  readonly ms: number
  readonly records: number
  readonly cpuMs: number
}

const commands = {
  async consume({ broker, topics, records }: ConsumeOrder): Promise<ConsumeRun> {
    const kafka = new Kafka({ brokers: [broker], clientId: 'bare', logLevel: logLevel.ERROR })
    const consumer = kafka.consumer({ groupId: `bare-${crypto.randomUUID()}` })
    const finished = Promise.withResolvers<void>()
    let read = 0
    let from = { at: 0, cpuMs: 0 }
    consumer.on(consumer.events.GROUP_JOIN, () => (from = { at: now(), cpuMs: cpuMs() }))
    consumer.on(consumer.events.CRASH, ({ payload }) => finished.reject(payload.error))
    await consumer.connect()
    await consumer.subscribe({ topics: Object.values(topics), fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        read += batch.messages.length
        if (read >= records) finished.resolve()
      },
    })
    await finished.promise
    const run = { ms: now() - from.at, records: read, cpuMs: cpuMs() - from.cpuMs }
    await consumer.disconnect()
    return run
  },
}

export type BareConsumerCommands = typeof commands

answerCommands(commands)
