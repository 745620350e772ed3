/** Produces orders' records as our relay does: a backlog as fast as it can, or some each second. */
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import type { Admin, Producer } from 'kafkajs'
import { backlogOrder, backlogRecord, Checksum, loggedData } from '../lib/backlog'
import type { OrderSize } from '../lib/backlog'
import { answerCommands } from '../lib/commands'
import { now } from '../lib/clock'
import { PARTITIONS } from '../lib/distributed'
import type { Topics } from '../lib/distributed'

export interface BacklogOrder {
  readonly broker: string
  readonly topics: Topics
  readonly records: number
  readonly customers: number
  readonly size: OrderSize
}

export interface Backlog {
  readonly records: number
  /** Of a record's value, and of the event that it becomes; on average. */
  readonly valueBytes: number
  readonly dataBytes: number
  readonly checksum: string
}

export interface ScheduleOrder {
  readonly broker: string
  readonly topics: Topics
  readonly perSecond: number
  readonly events: number
  /** Events before these, so that no order is sent twice. */
  readonly before: number
}

export interface Sent {
  readonly orderId: string
  /** When it was handed to the producer, in milliseconds since the epoch. */
  readonly at: number
}

/** Records in one request. */
const BATCH = 2_000
const LEADER_ATTEMPTS = 100

function connectTo(broker: string): Kafka {
  return new Kafka({ brokers: [broker], clientId: 'bench', logLevel: logLevel.NOTHING })
}

async function openProducer(broker: string, topics: Topics): Promise<Producer> {
  const kafka = connectTo(broker)
  const admin = kafka.admin()
  await admin.connect()
  const wanted = Object.values(topics).map((topic: string) => {
    return { topic, numPartitions: PARTITIONS, replicationFactor: 1 }
  })
  await admin.createTopics({ topics: wanted, waitForLeaders: true })
  // A leader that does not know yet that it is one would make a batch go out twice.
  await untilLed(admin, topics)
  await admin.disconnect()
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  return producer
}

async function untilLed(admin: Admin, topics: Topics): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await countRecords(admin, topics)
      return
    } catch (error) {
      if (attempt === LEADER_ATTEMPTS) throw error
      await Bun.sleep(100)
    }
  }
}

/** How many records the topics hold. */
async function countRecords(admin: Admin, topics: Topics): Promise<number> {
  let records = 0
  for (const topic of Object.values(topics)) {
    const offsets = await admin.fetchTopicOffsets(topic as string)
    records += offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
  }
  return records
}

async function requireCount(broker: string, topics: Topics, records: number): Promise<void> {
  const admin = connectTo(broker).admin()
  await admin.connect()
  const held = await countRecords(admin, topics)
  await admin.disconnect()
  if (held !== records) throw new Error(`the topics hold ${held} records, expected ${records}`)
}

let scheduled: Producer | null = null

const commands = {
  async fill({ broker, topics, records, customers, size }: BacklogOrder): Promise<Backlog> {
    const producer = await openProducer(broker, topics)
    const checksum = new Checksum()
    let valueBytes = 0
    let dataBytes = 0
    for (let first = 0; first < records; first += BATCH) {
      const count = Math.min(BATCH, records - first)
      const batch = Array.from({ length: count }, (_, index) => {
        const order = backlogOrder(first + index, customers, size)
        const data = loggedData(order)
        checksum.add(data)
        dataBytes += Buffer.byteLength(data)
        const record = backlogRecord(order, topics)
        valueBytes += Buffer.byteLength(record.value ?? '')
        return record
      })
      const byTopic = Map.groupBy(batch, ({ topic }) => topic)
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([topic, of]) => ({ topic, messages: of.map(toMessage) })),
      })
    }
    await producer.disconnect()
    await requireCount(broker, topics, records)
    return {
      records,
      valueBytes: valueBytes / records,
      dataBytes: dataBytes / records,
      checksum: String(checksum),
    }
  },
  /** Connects, so that the first event of a schedule does not wait for it. */
  async prepare(broker: string, topics: Topics): Promise<void> {
    scheduled = await openProducer(broker, topics)
  },
  /** Each event in a request of its own, on a fixed schedule whatever the answers. */
  async schedule({ topics, perSecond, events, before }: ScheduleOrder): Promise<readonly Sent[]> {
    const producer = scheduled
    if (!producer) throw new Error('not prepared')
    const sent: Sent[] = []
    const running: Promise<unknown>[] = []
    const startAt = now()
    for (let index = 0; index < events; index++) {
      const early = startAt + (index * 1_000) / perSecond - now()
      if (early > 1) await Bun.sleep(early)
      // The first change of each order: every event is of another one.
      const order = backlogOrder((before + index) * 3, 1_000, 'whole')
      const record = backlogRecord(order, topics)
      sent.push({ orderId: order.orderId, at: now() })
      running.push(producer.send({ topic: record.topic, acks: -1, messages: [toMessage(record)] }))
    }
    await Promise.all(running)
    return sent
  },
}

type BacklogRecord = ReturnType<typeof backlogRecord>

function toMessage({ key, value, headers, timestamp }: BacklogRecord) {
  return { key, value, headers: { ...headers }, timestamp: String(timestamp ?? Date.now()) }
}

export type ProducerCommands = typeof commands

answerCommands(commands)
