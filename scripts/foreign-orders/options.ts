import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { KafkaSettings } from '../../server/kafka/settings'
import type { EventTopics } from '../../server/mirror/settings'
import { readKafka, readMirror } from '../../server/settings/kafka'
import { createSettingsReader } from '../../server/settings/reader'

export interface Options {
  readonly kafka: KafkaSettings
  readonly topics: EventTopics
  /** Events a second; 0: as many as Kafka takes. */
  readonly rate: number
  /** 0: without end. */
  readonly orders: number
  readonly users: readonly string[]
  readonly seed: number
  /** Absolute path; null: not written. */
  readonly expect: string | null
}

export const HELP = `scripts/order-service: plays another order service, which only speaks Kafka

Its events are what Orderwire has to cope with where ORDERS=off: plain JSON with decimals and userId,
no versions, fields that Orderwire does not know, told whole or in parts, on three topics, out of
order, some twice.

  --orders N        orders to place; 0: until Ctrl-C (20)
  --rate N          events a second; 0: as many as Kafka takes (5)
  --users A,B       whose orders they are (alice,bob); every tenth is a guest's
  --seed N          the same seed plays the same (random)
  --topics A,B,C    of created, updated and cancelled orders
  --expect FILE     writes what every order must end as, as JSON

Kafka's address, password and topics are those of the environment or of the file .env in the
project's folder, as for the server: KAFKA_BROKER, KAFKA_TOPIC_CREATED, … (see .env.example).
Ctrl-C stops new changes; what was made is still sent.`

const options = {
  orders: { type: 'string', default: '20' },
  rate: { type: 'string', default: '5' },
  users: { type: 'string', default: 'alice,bob' },
  seed: { type: 'string' },
  topics: { type: 'string' },
  expect: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** What is asked for, or null for the help. Throws an `Error` with a sentence for people. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | null {
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return null
  const read = createSettingsReader(named(env, values.topics))
  const kafka = readKafka(read)
  const { topics } = readMirror(read, 'off', 'EUR')
  if (kafka.brokers.length === 0) read.invalid('KAFKA_BROKER is not set: expected host:port.')
  read.throwIfInvalid()
  return {
    kafka,
    topics,
    rate: numberFrom(values.rate, '--rate'),
    orders: numberFrom(values.orders, '--orders'),
    users: usersFrom(values.users),
    seed:
      values.seed === undefined
        ? Math.floor(Math.random() * 1e9)
        : numberFrom(values.seed, '--seed'),
    expect: values.expect === undefined ? null : resolve(values.expect),
  }
}

function named(
  env: Readonly<Record<string, string | undefined>>,
  topics: string | undefined,
): Readonly<Record<string, string | undefined>> {
  if (topics === undefined) return env
  const [created, updated, cancelled, ...more] = topics.split(',').map((name) => name.trim())
  if (!created || !updated || !cancelled || more.length > 0) {
    throw new Error(`--topics is "${topics}": expected three names, separated by commas.`)
  }
  return {
    ...env,
    KAFKA_TOPIC: '',
    KAFKA_TOPIC_CREATED: created,
    KAFKA_TOPIC_UPDATED: updated,
    KAFKA_TOPIC_CANCELLED: cancelled,
  }
}

function usersFrom(text: string): readonly string[] {
  const users = text
    .split(',')
    .map((user) => user.trim())
    .filter(Boolean)
  if (users.length > 0) return users
  throw new Error(`--users is "${text}": expected names, separated by commas.`)
}

function numberFrom(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`${option} is "${text}": expected a whole number.`)
}
