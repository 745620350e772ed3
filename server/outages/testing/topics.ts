import { openTestKafka } from '../../kafka/testing/setup'
import type { Kafka } from '../../kafka/kafka'
import { parseExposition } from '../../testing/exposition'
import type { Cluster } from './cluster'

/** What people and brokers do to topics behind the product's back. */
export interface Topics extends AsyncDisposable {
  readonly kafka: Kafka
  /** Resolves when there is no such topic any more. */
  remove(topic: string): Promise<void>
  make(topic: string, partitions?: number): Promise<void>
  /** As retention does: no record is left that is there now. */
  empty(...topics: readonly string[]): Promise<void>
  /** So many records without a value into each partition. */
  fill(topic: string, count: number): Promise<void>
  /** More partitions than it has. */
  widen(topic: string, partitions: number): Promise<void>
  /** Changes the topic's own settings (`max.message.bytes`). */
  configure(topic: string, settings: Readonly<Record<string, string>>): Promise<void>
}

const TOPIC_TYPE = 2

export async function openTopics({ broker }: Cluster): Promise<Topics> {
  const kafka = await openTestKafka({ brokers: [broker] })
  return {
    kafka,
    async remove(topic) {
      await kafka.admin((admin) => admin.deleteTopics({ topics: [topic] }))
      while ((await kafka.spans([topic])).size > 0) await Bun.sleep(20)
    },
    async make(topic, partitions = 3) {
      await kafka.admin((admin) =>
        admin.createTopics({ topics: [{ topic, numPartitions: partitions }] }),
      )
    },
    empty: (...topics) =>
      kafka.admin(async (admin) => {
        for (const topic of topics) {
          const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
            partition,
            offset: high,
          }))
          await admin.deleteTopicRecords({ topic, partitions })
        }
      }),
    async fill(topic, count) {
      const { size } = await kafka.spans([topic])
      // Without keys they go round.
      const nothing = { topic, key: null, value: null }
      await kafka.producer().send(Array.from({ length: count * size }, () => nothing))
    },
    widen: (topic, count) =>
      kafka.admin(async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] })
      }),
    configure: (topic, settings) =>
      kafka.admin(async (admin) => {
        const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
        const resources = [{ type: TOPIC_TYPE, name: topic, configEntries }]
        await admin.alterConfigs({ validateOnly: false, resources })
      }),
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  }
}

/** Adds up a metric of all workers that run. */
export async function countedByWorkers({ workers }: Cluster, name: string): Promise<number> {
  const counts = workers.map(async ({ url }) => {
    const { samples } = parseExposition(await (await fetch(`${url}/metrics`)).text())
    return samples.get(name) ?? 0
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

/** Facts (`orderId@version`) of the tables that do not wait in the outbox: Kafka has acknowledged them. */
export async function factsSent(databaseUrl: string): Promise<ReadonlySet<string>> {
  const sql = new Bun.SQL(databaseUrl, { max: 1 })
  try {
    const rows = await sql<{ fact: string }[]>`
      SELECT order_id || '@' || version AS fact FROM order_changes
      EXCEPT SELECT event_id FROM outbox WHERE sent_at IS NULL`
    return new Set(rows.map(({ fact }) => fact))
  } finally {
    await sql.close()
  }
}
