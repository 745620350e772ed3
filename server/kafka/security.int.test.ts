import { afterAll, beforeAll, expect, test } from 'bun:test'
import { tempFolder } from '../testing/temp-folder'
import type { KafkaSettings, SaslSettings, TlsSettings } from './settings'
import { type OwnBroker, startBroker } from './testing/broker'
import { type Certificates, makeCertificates } from './testing/certificates'
import { createRecorder, groupName, openTestKafka, until } from './testing/setup'

const folder = tempFolder()
let broker: OwnBroker
let certificates: Certificates

beforeAll(async () => {
  certificates = await makeCertificates(folder.path)
  const module = 'org.apache.kafka.common.security'
  broker = await startBroker({
    listeners: {
      PASSWORD: { protocol: 'SASL_PLAINTEXT' },
      SECRET: { protocol: 'SASL_SSL' },
      ENCRYPTED: { protocol: 'SSL' },
      MUTUAL: { protocol: 'SSL' },
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=orders,password=right]`,
    ]),
    properties: () => [
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      ...['password', 'secret'].flatMap((name) => [
        `listener.name.${name}.plain.sasl.jaas.config=${module}.plain.PlainLoginModule required user_orders="right";`,
        `listener.name.${name}.scram-sha-256.sasl.jaas.config=${module}.scram.ScramLoginModule required;`,
        `listener.name.${name}.scram-sha-512.sasl.jaas.config=${module}.scram.ScramLoginModule required;`,
      ]),
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${certificates.keyStore}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${certificates.trustStore}`,
      'listener.name.mutual.ssl.client.auth=required',
    ],
  })
}, 60_000)

afterAll(async () => {
  await broker[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

type Listener = 'PASSWORD' | 'SECRET' | 'ENCRYPTED' | 'MUTUAL'

function at(listener: Listener, options: Partial<KafkaSettings>): Partial<KafkaSettings> {
  return { brokers: [`127.0.0.1:${broker.ports[listener]}`], ...options }
}

function user(mechanism: SaslSettings['mechanism'], password = 'right'): SaslSettings {
  return { mechanism, username: 'orders', password }
}

function tls(options: Partial<TlsSettings> = {}): TlsSettings {
  return { ca: certificates.ca, cert: null, key: null, ...options }
}

/** A topic made, a record written and read in a group. */
async function passes(settings: Partial<KafkaSettings>): Promise<void> {
  await using kafka = await openTestKafka(settings)
  const topic = await kafka.topic()
  await kafka.fill(topic, 1)
  const recorder = createRecorder()
  kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => recorder.seen.length === 1)
}

test('passwords in each way, in plain text', async () => {
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
  await Promise.all(
    mechanisms.map((mechanism) => passes(at('PASSWORD', { sasl: user(mechanism) }))),
  )
}, 40_000)

test('passwords over TLS, TLS alone, and a certificate of the client', async () => {
  const ways = [
    at('SECRET', { sasl: user('scram-sha-512'), tls: tls() }),
    at('SECRET', { sasl: user('plain'), tls: tls() }),
    at('ENCRYPTED', { tls: tls() }),
    at('MUTUAL', { tls: tls(certificates.client) }),
  ]
  await Promise.all(ways.map(passes))
}, 40_000)

/** What those who call, and those who read the log, are told. */
async function refusal(settings: Partial<KafkaSettings>): Promise<string> {
  await using kafka = await openTestKafka(settings)
  const sent: unknown = await kafka
    .producer()
    .send([{ topic: 't', key: null, value: 'x' }])
    .catch((error: unknown) => error)
  expect(sent).toMatchObject({ code: 'kafka_unreachable', temporary: true })
  const asked: unknown = await kafka.spans(['t']).catch((error: unknown) => error)
  expect(asked).toMatchObject({ code: 'kafka_unreachable' })
  kafka.consume({ groupId: groupName(), topics: ['t'] }, createRecorder())
  const told = () => kafka.lines.filter(({ level }) => Number(level) >= 40)
  await until(() => told().length > 0)
  const sentence = told()[0]!.msg
  expect(String(asked)).toContain(sentence)
  expect(String(sent)).toContain(sentence)
  return sentence
}

test('a wrong password is said to be one', async () => {
  const told = async (mechanism: SaslSettings['mechanism']) => {
    const sentence = await refusal(at('PASSWORD', { sasl: user(mechanism, 'wrong') }))
    expect(sentence).toStartWith(
      `Kafka at 127.0.0.1:${broker.ports.PASSWORD} refuses user "orders" (SASL ${mechanism}): `,
    )
    expect(sentence).not.toContain('wrong')
  }
  await Promise.all([told('plain'), told('scram-sha-256')])
}, 40_000)

test('a certificate that is not trusted is said to be one', async () => {
  const told = [certificates.otherCa, null].map((ca) =>
    refusal(at('ENCRYPTED', { tls: tls({ ca }) })),
  )
  for (const sentence of await Promise.all(told))
    expect(sentence).toStartWith(
      `Kafka at 127.0.0.1:${broker.ports.ENCRYPTED} has a certificate that is not valid `,
    )
}, 40_000)

test('what was configured for another kind of listener is told apart', async () => {
  const plain = { brokers: [broker.address] }
  const mistakes: readonly (readonly [Partial<KafkaSettings>, string])[] = [
    [at('MUTUAL', { tls: tls() }), 'does not accept our certificate'],
    [at('ENCRYPTED', {}), 'closed the connection (it may expect TLS'],
    [at('PASSWORD', {}), 'closed the connection (it may expect TLS, or a user'],
    [{ ...plain, tls: tls() }, 'does not speak TLS there'],
    [{ ...plain, sasl: user('plain') }, 'does not ask for a user and a password there'],
  ]
  await Promise.all(
    mistakes.map(async ([settings, hint]) =>
      expect(await refusal(settings)).toStartWith(`Kafka at ${settings.brokers![0]} ${hint}`),
    ),
  )
}, 60_000)

test('of several brokers one that answers is enough to begin with', async () => {
  await passes({ brokers: ['127.0.0.1:1', broker.address] })
}, 40_000)
