import type { KafkaRecord } from '../../kafka/kafka'
import type { Order } from '../../protocol/order'
import { encodeOrderRecord } from '../../outbox/order-record'
import { RELAY_SOURCE, SOURCE_HEADER, TYPE_HEADER, type MirrorSettings } from '../settings'

/** What tests of the mirror feed it with. */

export const TOPICS = {
  created: 'order.created',
  updated: 'order.updated',
  cancelled: 'order.cancelled',
}

export function mirrorSettings(changes: Partial<MirrorSettings> = {}): MirrorSettings {
  return {
    orders: 'on',
    topics: { kind: 'three', names: TOPICS },
    deadLetterTopic: 'order.dead-letter',
    groupId: 'mirror',
    fields: new Map(),
    statuses: new Map(),
    customerFields: [],
    maxEventBytes: 65_536,
    currency: 'EUR',
    ...changes,
  }
}

export function relayHeaders(type = 'order.created'): Record<string, Buffer> {
  return { [SOURCE_HEADER]: Buffer.from(RELAY_SOURCE), [TYPE_HEADER]: Buffer.from(type) }
}

/** The record of an order as our relay sends it. */
export function ownRecord(order: Order, changes: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    offset: 0,
    timestamp: 1_700_000_000_000,
    key: Buffer.from(order.orderId),
    value: Buffer.from(encodeOrderRecord(order)),
    headers: relayHeaders(),
    ...changes,
  }
}

/** A record of whatever another service sends: bytes, text, or a value as JSON. */
export function foreignRecord(value: unknown, changes: Partial<KafkaRecord> = {}): KafkaRecord {
  const bytes = Buffer.isBuffer(value)
    ? value
    : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  return {
    offset: 7,
    timestamp: 1_700_000_000_000,
    key: null,
    value: bytes,
    headers: {},
    ...changes,
  }
}
