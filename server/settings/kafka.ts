import type { KafkaSettings, SaslSettings, TlsSettings } from '../kafka/settings'
import { FIELD_NAMES } from '../mirror/field-names'
import type { EventTopics, MirrorSettings } from '../mirror/settings'
import type { EventName } from '../protocol/frames'
import { isOrderStatus, ORDER_STATUSES } from '../protocol/order-status'
import type { SettingsReader } from './reader'

const EVENT_NAMES = ['created', 'updated', 'cancelled'] as const
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const MIB = 1_048_576

export function readKafka(read: SettingsReader): KafkaSettings {
  return {
    brokers: read.list('KAFKA_BROKER', 'brokers such as kafka:9092', brokerOf),
    clientId: read.text('KAFKA_CLIENT_ID', 'orderwire'),
    tls: readTls(read),
    sasl: readSasl(read),
    partitions: read.integer('KAFKA_PARTITIONS', { fallback: 6, min: 1, max: 10_000 }),
    replicationFactor: read.integer('KAFKA_REPLICATION', { fallback: 1, min: 1, max: 32 }),
  }
}

/** What the mirror makes of the records. */
export function readMirror(
  read: SettingsReader,
  orders: 'on' | 'off',
  currency: string,
): MirrorSettings {
  return {
    orders,
    topics: readTopics(read),
    deadLetterTopic: topic(read, 'KAFKA_TOPIC_DEAD_LETTER', 'order.dead-letter'),
    groupId: read.text('KAFKA_GROUP_ID', 'orderwire-mirror'),
    fields: read.pairs(
      'KAFKA_FIELDS',
      `pairs such as customer_ref:buyerId, of ${FIELD_NAMES.join(', ')}`,
      (value) => (FIELD_NAMES.includes(value) ? value : null),
    ),
    statuses: read.pairs(
      'KAFKA_STATUSES',
      `pairs such as PAID:processing, of ${ORDER_STATUSES.join(', ')}`,
      (value) => (isOrderStatus(value) ? value : null),
    ),
    customerFields: read.list('CUSTOMER_FIELDS', 'names of fields such as giftMessage', fieldOf),
    maxEventBytes: read.integer('MAX_EVENT_BYTES', { fallback: 65_536, min: 1_024, max: MIB }),
    currency,
  }
}

function readTopics(read: SettingsReader): EventTopics {
  const names = {
    created: topic(read, 'KAFKA_TOPIC_CREATED', 'order.created'),
    updated: topic(read, 'KAFKA_TOPIC_UPDATED', 'order.updated'),
    cancelled: topic(read, 'KAFKA_TOPIC_CANCELLED', 'order.cancelled'),
  }
  const typeHeader = read.text('KAFKA_TYPE_HEADER', 'ce_type')
  const types = read.pairs(
    'KAFKA_TYPES',
    `pairs such as OrderPlaced:created, of ${EVENT_NAMES.join(', ')}`,
    (value) => EVENT_NAMES.find((name) => name === value) ?? null,
  )
  const one = topic(read, 'KAFKA_TOPIC', '')
  if (one === '') {
    const distinct = new Set(Object.values(names))
    if (distinct.size < EVENT_NAMES.length) {
      read.invalid(
        'KAFKA_TOPIC_CREATED, KAFKA_TOPIC_UPDATED and KAFKA_TOPIC_CANCELLED: expected three ' +
          'different topics; for a single one set KAFKA_TOPIC and KAFKA_TYPE_HEADER.',
      )
    }
    return { kind: 'three', names }
  }
  const own = EVENT_NAMES.map((name): [string, EventName] => [`order.${name}`, name])
  return { kind: 'one', name: one, typeHeader, types: new Map([...own, ...types]) }
}

function readTls(read: SettingsReader): TlsSettings | null {
  const ca = read.file('KAFKA_TLS_CA')
  const cert = read.file('KAFKA_TLS_CERT')
  const key = read.file('KAFKA_TLS_KEY')
  if ((cert === null) !== (key === null)) {
    read.invalid('KAFKA_TLS_CERT and KAFKA_TLS_KEY: expected both or neither.')
  }
  if (read.oneOf('KAFKA_TLS', 'off', ['on', 'off']) === 'on') return { ca, cert, key }
  // A connection that somebody believes to be encrypted.
  if (ca ?? cert ?? key) read.invalid('KAFKA_TLS is off: KAFKA_TLS_CA, _CERT and _KEY need it on.')
  return null
}

function readSasl(read: SettingsReader): SaslSettings | null {
  const mechanism = read.oneOf('KAFKA_SASL', 'off', ['off', ...MECHANISMS])
  const username = read.optional('KAFKA_USERNAME')
  const password = read.optional('KAFKA_PASSWORD')
  if (mechanism === 'off') {
    if (username ?? password) {
      read.invalid(
        `KAFKA_SASL is off: KAFKA_USERNAME and KAFKA_PASSWORD need ${MECHANISMS.join(', ')}.`,
      )
    }
    return null
  }
  if (username === null) read.invalid('KAFKA_USERNAME is not set: KAFKA_SASL needs it.')
  if (password === null) read.invalid('KAFKA_PASSWORD is not set: KAFKA_SASL needs it.')
  return { mechanism, username: username ?? '', password: password ?? '' }
}

/** Kafka's own rule for names. */
function topic(read: SettingsReader, name: string, fallback: string): string {
  const expected = 'a topic: letters, digits, ., - and _, at most 249'
  return read.matching(name, fallback, expected, (value) => /^[\w.-]{1,249}$/.test(value))
}

function brokerOf(item: string): string | null {
  const match = /^([\w.-]+|\[[\da-fA-F:]+\])(?::(\d{1,5}))?$/.exec(item)
  if (!match || Number(match[2] ?? 1) > 65_535) return null
  return match[2] === undefined ? `${match[1]}:9092` : item
}

function fieldOf(item: string): string | null {
  return /^[\w.$-]+$/.test(item) ? item : null
}
