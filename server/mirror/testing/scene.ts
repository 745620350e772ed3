import type { EventEntry, LogEntry } from '../../event-log/event-log'
import { openRedisLog, type RedisLog } from '../../event-log/event-log.redis'
import type { NewRecord } from '../../kafka/kafka'
import { openTestKafka, type TestKafka } from '../../kafka/testing/setup'
import { createLogger } from '../../lib/logger'
import { encodeOrderRecord } from '../../outbox/order-record'
import type { EventName } from '../../protocol/frames'
import type { Order } from '../../protocol/order'
import { orderAt } from '../../testing/arbitraries'
import {
  startRedis,
  type RedisProcess,
  type RedisProcessOptions,
} from '../../testing/redis-process'
import { freshTopics, type TopicNames } from '../../testing/stack'
import { readDeadLetter, type StoredDeadLetter } from '../dead-letter'
import { createMirror, type Mirror, type MirrorOptions } from '../mirror'
import type { MirrorSettings } from '../settings'
import type { Pace } from '../pace'
import { mirrorSettings, relayHeaders } from './records'

export const RETENTION_MS = 3_600_000
const DEADLINE_MS = 20_000
/** As in a worker, but quicker to notice things. */
export const QUICK: Pace = {
  lookEveryMs: 200,
  retriesMs: [20, 100, 300],
  goneAfterMs: 500,
  stuckAfterMs: 5_000,
}

export interface SceneOptions {
  readonly redis?: RedisProcessOptions
  readonly partitions?: number
  readonly settings?: Partial<MirrorSettings>
}

/** Kafka with topics of one's own, a Redis of one's own with the log, and mirrors between them. */
export interface Scene extends AsyncDisposable {
  readonly kafka: TestKafka
  readonly redis: RedisProcess
  readonly log: RedisLog
  readonly topics: TopicNames
  readonly settings: MirrorSettings
  /** Ended by `await using` at the latest. Looks at log and topics often. */
  mirror(options?: Partial<MirrorOptions>): Mirror
  /** A record of ours of each order, in this order, all into the topic of its kind. */
  produce(
    orders: readonly Order[],
    changes?: Partial<NewRecord> & { topic?: string },
  ): Promise<void>
  /** What the log holds, past a refill. */
  entries(): Promise<readonly LogEntry[]>
  /** `order@version` of each event in the log, in its order. */
  logged(): Promise<readonly string[]>
  /** Resolves to what the log holds once it is as many events, or so many more of another kind. */
  untilLogged(count: number): Promise<readonly string[]>
  letters(): Promise<readonly StoredDeadLetter[]>
  /** Deletes the topic of this kind, and makes another one by its name. */
  recreate(kind: EventName): Promise<void>
  /** To Redis, past the log. */
  command(name: string, ...args: string[]): Promise<unknown>
  /** Everything that mirrors logged, newest last. */
  readonly lines: readonly string[]
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const topics = freshTopics()
  const { created, updated, cancelled } = topics
  const [redis, kafka] = await Promise.all([
    startRedis(options.redis),
    openTestKafka({ partitions: options.partitions ?? 2 }),
  ])
  const settings = mirrorSettings({
    topics: { kind: 'three', names: { created, updated, cancelled } },
    deadLetterTopic: topics.deadLetter,
    groupId: topics.groupId,
    ...options.settings,
  })
  await kafka.ensureTopics([created, updated, cancelled, topics.deadLetter])
  const log = await openLogAt(redis.url)
  const producer = kafka.producer()
  const mirrors: Mirror[] = []
  const lines: string[] = []
  const logger = createLogger('info', (line) => lines.push(line))

  async function entries(): Promise<readonly LogEntry[]> {
    try {
      return await log.newest(1_000_000, 1e9)
    } catch {
      // Not open yet, or refilling: nobody sees anything of it.
      return []
    }
  }
  const logged = async () => (await entries()).filter(isEvent).map(nameOf)

  return {
    kafka,
    redis,
    log,
    topics,
    settings,
    lines,
    entries,
    logged,
    mirror(changes = {}) {
      const retentionMs = RETENTION_MS
      const made = createMirror({
        ...{ kafka, log, projection: null, settings, retentionMs, logger, pace: QUICK },
        ...changes,
      })
      mirrors.push(made)
      made.start()
      return made
    },
    produce: (orders, { topic, ...changes } = {}) =>
      producer.send(
        orders.map((order) => ({
          ...ownNewRecord(order, topics),
          ...(topic && { topic }),
          ...changes,
        })),
      ),
    async untilLogged(count) {
      await until(async () => (await logged()).length >= count, `${count} events in the log`)
      return logged()
    },
    async letters() {
      const spans = await kafka.spans([topics.deadLetter])
      const read = [...spans.values()].map((span) => kafka.read(span, span.earliest, 100_000))
      return (await Promise.all(read)).flat().flatMap((record) => readDeadLetter(record) ?? [])
    },
    async recreate(kind) {
      await kafka.admin((admin) => admin.deleteTopics({ topics: [topics[kind]] }))
      await until(() => isMade(kafka, topics[kind]), 'the new topic')
    },
    async command(name, ...args) {
      const client = new Bun.RedisClient(redis.url)
      try {
        return (await client.send(name, args)) as unknown
      } finally {
        client.close()
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(mirrors.map((mirror) => mirror.stop()))
      await log.close()
      await kafka.close()
      await redis[Symbol.asyncDispose]()
    },
  }
}

/** Kafka deletes in the background; until then the name is taken. */
async function isMade(kafka: TestKafka, topic: string): Promise<boolean> {
  try {
    await kafka.ensureTopics([topic])
    return (await kafka.spans([topic])).size > 0
  } catch {
    return false
  }
}

export function openLogAt(url: string): Promise<RedisLog> {
  return openRedisLog({
    settings: { url, name: 'orderwire', ca: null },
    retentionMs: RETENTION_MS,
    retentionMaxEntries: 1_000_000,
    logger: createLogger('silent'),
  })
}

export function ownNewRecord(order: Order, topics: TopicNames): NewRecord & { topic: string } {
  const kind = kindOf(order)
  return {
    topic: topics[kind],
    key: order.orderId,
    value: encodeOrderRecord(order),
    headers: relayHeaders(`order.${kind}`),
  }
}

function kindOf({ status, version }: Order): EventName {
  if (status === 'cancelled') return 'cancelled'
  return version === 1 ? 'created' : 'updated'
}

/** So many orders, each with one version. */
export function ordersNamed(prefix: string, count: number, version = 1): Order[] {
  return Array.from({ length: count }, (_, at) => orderAt(`${prefix}-${at}`, version))
}

export function nameOf({ event }: EventEntry): string {
  const { orderId, version } = JSON.parse(event.data) as Order
  return `${orderId}@${version}`
}

export function namesOf(orders: readonly Order[]): string[] {
  return orders.map(({ orderId, version }) => `${orderId}@${version}`)
}

export function isEvent(entry: LogEntry): entry is EventEntry {
  return entry.kind === 'event'
}

/** Looks until it holds; fails at the deadline. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited too long for ${what}`)
    await Bun.sleep(10)
  }
}
