import type { OrderEvent } from '../event-log/event-log'
import { headerOf, type KafkaRecord } from '../kafka/kafka'
import type { ForeignEvent } from '../orders/projection'
import type { EventName } from '../protocol/frames'
import type { DeadLetterReason } from './dead-letter'
import { readForeignEvent } from './foreign-event'
import { readObject, toText } from './json'
import { readOwnOrder } from './own-order'
import { RELAY_SOURCE, SOURCE_HEADER, type EventTopics, type MirrorSettings } from './settings'
import { Unfit } from './unfit'

/** What a record is: a whole event for the log, one to be projected first, nothing, or unfit. */
export type Normalized =
  | { readonly kind: 'own'; readonly event: OrderEvent }
  | { readonly kind: 'foreign'; readonly event: ForeignEvent }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'dead'; readonly reason: DeadLetterReason; readonly detail: string }

/** `partition` names the record's (`order.created-0`) of `topic`. Never throws for what is in it. */
export type Normalize = (topic: string, partition: string, record: KafkaRecord) => Normalized

/**
 * Decodes each record once. With `ORDERS=on` only our own records count: those with our `ce_source`.
 * With `ORDERS=off` every record is another service's.
 */
export function createNormalize(settings: MirrorSettings): Normalize {
  const nameOf = naming(settings.topics)
  const read = settings.orders === 'on' ? readOwn : readForeign(settings)
  return (topic, partition, record) => {
    if (record.value === null) return { kind: 'tombstone' }
    try {
      const name = nameOf(topic, record)
      return read(name, record.value, record, partition, settings.maxEventBytes)
    } catch (error) {
      return deadLetter(error)
    }
  }
}

/** What nobody foresaw must not hold up those behind it either; the letter shows it. */
function deadLetter(error: unknown): Normalized {
  if (error instanceof Unfit) return { kind: 'dead', reason: error.reason, detail: error.message }
  const detail = `It could not be read, which is a defect of ours (${String(error)}).`
  return { kind: 'dead', reason: 'invalid', detail }
}

type Read = (
  name: EventName,
  value: Buffer,
  record: KafkaRecord,
  partition: string,
  maxBytes: number,
) => Normalized

const readOwn: Read = (name, value, record, _partition, maxBytes) => {
  if (!isOwn(record)) throw foreign()
  return readObject(value, (object, exact) => {
    const event = readOwnOrder(name, object, exact)
    checkSize(event.data, event.staffOnly, maxBytes)
    return { kind: 'own', event }
  })
}

function readForeign(settings: MirrorSettings): Read {
  return (name, value, { offset, timestamp }, partition, maxBytes) =>
    readObject(value, (_object, exact) => {
      const source = { name, source: `${partition}@${offset}`, timestamp }
      const event = readForeignEvent(exact, source, settings)
      checkSize(toText(event.fields), toText(event.extra), maxBytes)
      return { kind: 'foreign', event }
    })
}

const OUR_SOURCE = Buffer.from(RELAY_SOURCE)

/** As our relay names itself, and Debezium where it reads our outbox (see docs/debezium.md). */
function isOwn(record: KafkaRecord): boolean {
  return headerOf(record, SOURCE_HEADER)?.equals(OUR_SOURCE) ?? false
}

function foreign(): Unfit {
  return new Unfit(
    'foreign',
    `The record is not from this shop's own relay: expected the header ${SOURCE_HEADER} with the ` +
      `value ${RELAY_SOURCE} (another service's records count with ORDERS=off).`,
  )
}

function naming(topics: EventTopics): (topic: string, record: KafkaRecord) => EventName {
  if (topics.kind === 'three') {
    const { created, updated, cancelled } = topics.names
    const names = new Map<string, EventName>([
      [created, 'created'],
      [updated, 'updated'],
      [cancelled, 'cancelled'],
    ])
    return (topic) => names.get(topic) ?? unknownType(`The topic ${topic} is none of the three.`)
  }
  const { typeHeader, types } = topics
  return (_topic, record) => {
    const type = headerOf(record, typeHeader)?.toString()
    const found = type === undefined ? 'is missing' : `is ${JSON.stringify(type.slice(0, 60))}`
    const name = type === undefined ? undefined : types.get(type)
    return name ?? unknownType(`The header ${typeHeader} ${found}: expected ${listOf(types)}.`)
  }
}

function unknownType(detail: string): never {
  throw new Unfit('unknown_type', detail)
}

function listOf(types: ReadonlyMap<string, EventName>): string {
  return `one of ${[...types.keys()].join(', ')}`
}

/** Why an event is too long for the log, or null. */
export function tooBig(data: string, staffOnly: string, maxBytes: number): Unfit | null {
  const bytes = Buffer.byteLength(data) + Buffer.byteLength(staffOnly)
  if (bytes <= maxBytes) return null
  return new Unfit('too_big', `The event has ${bytes} bytes: expected at most ${maxBytes}.`)
}

function checkSize(data: string, staffOnly: string, maxBytes: number): void {
  const unfit = tooBig(data, staffOnly, maxBytes)
  if (unfit) throw unfit
}
