import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../server/errors'
import type { NewRecord, Producer } from '../../server/kafka/kafka'
import type { EventTopics } from '../../server/mirror/settings'
import type { Told } from './life'
import type { OrderService } from './service'

const MAX_BATCH = 200
const TICK_MS = 50
const RETRY_MS = 1_000
/** Up to so many events a second each is shown. */
const READABLE_RATE = 20
const PROGRESS_MS = 2_000

export interface Sending {
  readonly service: OrderService
  readonly producer: Producer
  readonly topics: EventTopics
  /** Events a second, 0 for as many as Kafka takes. */
  readonly rate: number
  /** Once aborted, what is left is sent without a pause. */
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Sends all that the service tells, at its rate; resolves when Kafka has acknowledged the last. */
export async function sendAll(sending: Sending): Promise<void> {
  const { service, rate, signal, say } = sending
  const startedAt = performance.now()
  let shownAt = startedAt
  for (;;) {
    const due = signal.aborted ? MAX_BATCH : dueAt(performance.now() - startedAt, sending)
    const batch = takeUpTo(due, service)
    if (batch === null) return
    if (batch.length > 0) await sendBatch(batch, sending)
    if (rate > 0 && rate <= READABLE_RATE) for (const told of batch) say(lineOf(told))
    else if (performance.now() - shownAt > PROGRESS_MS) {
      shownAt = performance.now()
      say(`${service.figures.sent} events of ${service.figures.orders} orders ...`)
    }
    if (rate > 0) await sleep(TICK_MS, undefined, { signal }).catch(() => undefined)
  }
}

function dueAt(elapsedMs: number, { rate, service }: Sending): number {
  if (rate === 0) return MAX_BATCH
  return Math.min(MAX_BATCH, Math.floor((elapsedMs / 1_000) * rate) + 1 - service.figures.sent)
}

/** Null when there is nothing more to come. */
function takeUpTo(count: number, service: OrderService): readonly Told[] | null {
  const batch: Told[] = []
  while (batch.length < count) {
    const told = service.next()
    if (!told) return batch.length > 0 ? batch : null
    batch.push(told)
  }
  return batch
}

/** Tries until Kafka takes it: it may take a batch twice then, which is what services do. */
async function sendBatch(batch: readonly Told[], sending: Sending): Promise<void> {
  const records = batch.map((told) => recordOf(told, sending.topics))
  for (;;) {
    try {
      return await sending.producer.send(records)
    } catch (error) {
      const temporary = error instanceof AppError && error.temporary
      if (!temporary || sending.signal.aborted) throw error
      sending.say(`${error.message} Trying again.`)
      await sleep(RETRY_MS, undefined, { signal: sending.signal }).catch(() => undefined)
    }
  }
}

export function recordOf(
  { name, orderId, value }: Told,
  topics: EventTopics,
): NewRecord & { readonly topic: string } {
  const record = { key: String(orderId), value: JSON.stringify(value) }
  if (topics.kind === 'three') return { ...record, topic: topics.names[name] }
  const type = [...topics.types].findLast(([, kind]) => kind === name)?.[0] ?? name
  return { ...record, topic: topics.name, headers: { [topics.typeHeader]: type } }
}

function lineOf({ name, orderId, value }: Told): string {
  const { orderId: _, updatedAt: _at, ...members } = value
  const isWhole = 'items' in members
  const user = typeof value.userId === 'string' ? value.userId : 'a guest'
  const whose = `of ${user}, ${String(value.status)}`
  return `${name.padEnd(9)} ${orderId}  ${isWhole ? whose : JSON.stringify(members)}`
}
