import { expect } from 'bun:test'
import { openKafka } from '../../kafka/client'
import type { Kafka, KafkaRecord } from '../../kafka/kafka'
import { openPostgres, type PostgresDatabase } from '../../lib/database.postgres'
import { createLogger } from '../../lib/logger'
import type { EventTopics } from '../../mirror/settings'
import type { EventName } from '../../protocol/frames'
import type { Order } from '../../protocol/order'
import { orderAt } from '../../testing/arbitraries'
import { freshDatabase } from '../../testing/database.postgres'
import { freshTopics, testStack } from '../../testing/stack'
import type { Outbox } from '../outbox'
import { openPostgresOutbox, writeToOutbox } from '../outbox.postgres'
import { createRelay, type Relay, type RelayOptions } from '../relay'

const DEADLINE_MS = 20_000

export interface SentRecord extends KafkaRecord {
  readonly topic: string
  readonly order: Order
}

/** Postgres with an outbox, Kafka with the shop's topics, and relays between them. */
export interface Shop extends AsyncDisposable {
  readonly url: string
  readonly broker: string
  readonly database: PostgresDatabase
  readonly kafka: Kafka
  readonly outbox: Outbox
  readonly topics: EventTopics & { readonly kind: 'three' }
  /** Warnings and errors that were logged, newest last. */
  readonly logged: readonly string[]
  /** Commits versions of an order, each in a transaction of its own. */
  write(orderId: string, ...versions: readonly number[]): Promise<void>
  /** Ended by `await using` at the latest. */
  relay(options?: Partial<RelayOptions>): Relay
  /** Of each topic by offset. */
  sent(): Promise<readonly SentRecord[]>
  /** Resolves once this holds, of what was sent. */
  untilSent(holds: (sent: readonly SentRecord[]) => boolean): Promise<readonly SentRecord[]>
  untilEmpty(): Promise<void>
}

export function kafkaSettings(broker: string) {
  return {
    brokers: [broker],
    clientId: 'test',
    tls: null,
    sasl: null,
    partitions: 3,
    replicationFactor: 1,
  }
}

export async function openShop(): Promise<Shop> {
  const place = await freshDatabase()
  const { broker } = await testStack()
  const database = await openPostgres(place.url, { poolSize: 8, logger: createLogger('silent') })
  const kafka = openKafka(kafkaSettings(broker), createLogger('silent'))
  const { created, updated, cancelled } = freshTopics()
  const names = { created, updated, cancelled }
  await kafka.ensureTopics(Object.values(names))
  const outbox = openPostgresOutbox(database)
  const topics = { kind: 'three', names } as const
  const logged: string[] = []
  const logger = createLogger('warn', (line) => logged.push((JSON.parse(line) as Line).msg))
  const relays: Relay[] = []

  async function sent(): Promise<readonly SentRecord[]> {
    const spans = [...(await kafka.spans(Object.values(names))).values()]
    const read = spans.map(async (span) =>
      (await kafka.read(span, 0, 100_000)).map((record) => ({
        ...record,
        topic: span.topic,
        order: JSON.parse(String(record.value)) as Order,
      })),
    )
    return (await Promise.all(read)).flat()
  }

  async function untilSent(holds: (sent: readonly SentRecord[]) => boolean) {
    const deadline = performance.now() + DEADLINE_MS
    for (;;) {
      const all = await sent()
      if (holds(all)) return all
      if (performance.now() > deadline)
        throw new Error(`not sent in time: ${holds.toString()} of ${all.length}`)
      await Bun.sleep(10)
    }
  }

  return {
    ...{ url: place.url, broker, database, kafka, outbox, topics, logged },
    ...{ sent, untilSent },

    async write(orderId, ...versions) {
      for (const version of versions) {
        const order = orderAt(orderId, version)
        const name = nameOf(order)
        await database.transact((tx) => writeToOutbox(tx, { name }, order))
      }
    },

    relay(options = {}) {
      const holder = crypto.randomUUID()
      const defaults = { outbox, producer: kafka.producer(), topics, logger, holder }
      const relay = createRelay({ ...defaults, ...options })
      relays.push(relay)
      relay.start()
      return relay
    },

    async untilEmpty() {
      const deadline = performance.now() + DEADLINE_MS
      while ((await outbox.backlog()).unsent > 0) {
        if (performance.now() > deadline) throw new Error('the outbox was not emptied in time')
        await Bun.sleep(10)
      }
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(relays.map((relay) => relay.stop()))
      await kafka.close()
      await database.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

interface Line {
  readonly msg: string
}

function nameOf({ status, version }: Order): EventName {
  if (status === 'cancelled') return 'cancelled'
  return version === 1 ? 'created' : 'updated'
}

/** That every version of each order is there, and none before an earlier one of the same topic. */
export function expectComplete(
  sent: readonly SentRecord[],
  written: ReadonlyMap<string, number>,
): void {
  const byOrder = Map.groupBy(sent, ({ order }) => order.orderId)
  for (const [orderId, versions] of written) {
    const ofOrder = byOrder.get(orderId) ?? []
    const all = new Set(ofOrder.map(({ order }) => order.version))
    expect([...all].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: versions }, (_, index) => index + 1),
    )
    for (const of of Map.groupBy(ofOrder, ({ topic }) => topic).values()) {
      const first = [...new Set(of.map(({ order }) => order.version))]
      expect(first).toEqual(first.toSorted((a, b) => a - b))
    }
  }
}
