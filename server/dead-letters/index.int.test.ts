import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openKafka } from '../kafka/client'
import type { Kafka, KafkaRecord, Producer } from '../kafka/kafka'
import { createLogger } from '../lib/logger'
import { type DeadLetter, deadLetterRecord, KEPT_VALUE_BYTES } from '../mirror/dead-letter'
import { freshDatabase } from '../testing/database.postgres'
import { startRedis } from '../testing/redis-process'
import { freshTopics, testStack } from '../testing/stack'
import { startTestServer, type TestRequest, type TestServer } from '../testing/test-server'

/** A server of the distributed engine, and letters as a worker would have left them. */
const opened = new AsyncDisposableStack()
const names = freshTopics()
let env: Readonly<Record<string, string>>
let server: TestServer
let kafka: Kafka
let producer: Producer
let sam: string

beforeAll(async () => {
  const { broker } = await testStack()
  const redis = opened.use(await startRedis())
  env = {
    KAFKA_BROKER: broker,
    REDIS_URL: redis.url,
    DATABASE_URL: opened.use(await freshDatabase()).url,
    KAFKA_TOPIC_DEAD_LETTER: names.deadLetter,
  }
  const settings = { brokers: [broker], clientId: 'test', tls: null, sasl: null }
  kafka = openKafka({ ...settings, partitions: 1, replicationFactor: 1 }, createLogger('silent'))
  opened.defer(() => kafka.close())
  producer = kafka.producer()
  await kafka.ensureTopics([names.created, names.deadLetter])
  server = await startTestServer(env)
  opened.defer(() => server.stop())
  sam = await server.signIn('sam', 'staff')
})
afterAll(() => opened.disposeAsync())

const LETTER: DeadLetter = {
  source: { topic: names.created, partition: 0, offset: 7, timestamp: Date.UTC(2026, 0, 31) },
  reason: 'invalid',
  detail: 'total: expected an amount.',
  key: Buffer.from('order-1'),
  value: Buffer.from('{"orderId":"order-1","total":"ä"}'),
  headers: { trace: Buffer.from('abc'), bytes: Buffer.from([0xff, 0]) },
}

/** Answers its id. */
async function bury(letter: Partial<DeadLetter> = {}): Promise<string> {
  await producer.send([deadLetterRecord({ ...LETTER, ...letter }, names.deadLetter)])
  const span = (await kafka.spans([names.deadLetter])).get(`${names.deadLetter}-0`)
  return `0@${span!.end - 1}`
}

async function ask(path = '', options: TestRequest = {}, asked = server) {
  const response = await asked.request(`/api/admin/dead-letters${path}`, { token: sam, ...options })
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, headers: response.headers, body }
}

function redrive(id: string, json: unknown = {}) {
  return ask(`/${encodeURIComponent(id)}/redrive`, { json })
}

function sentBack(): Promise<readonly KafkaRecord[]> {
  return kafka.read({ topic: names.created, partition: 0 }, 0, 1_000)
}

test('lists letters, newest first, by reason and page by page', async () => {
  const ids = [await bury(), await bury({ reason: 'foreign' }), await bury({ reason: 'foreign' })]
  const { status, body } = await ask('?reason=foreign&limit=1')
  expect(status).toBe(200)
  expect(body).toEqual({
    items: [
      {
        id: ids[2],
        at: expect.any(String),
        reason: 'foreign',
        detail: LETTER.detail,
        source: { ...LETTER.source, timestamp: undefined, at: '2026-01-31T00:00:00.000Z' },
        orderId: 'order-1',
        redrivenAt: null,
        redriveOf: null,
        valueBytes: LETTER.value!.length,
        whole: true,
      },
    ],
    cursor: null,
    next: expect.any(String),
  })
  const rest = await ask(`?reason=foreign&next=${String(body.next)}`)
  expect(rest.body).toMatchObject({ items: [{ id: ids[1] }], next: null })
})

test('shows one with all that it has: text where it is some, else base64', async () => {
  const { status, body } = await ask(`/${await bury()}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    key: 'order-1',
    value: '{"orderId":"order-1","total":"ä"}',
    headers: { trace: 'abc', bytes: { base64: '/wA=' } },
  })
  const nothing = await ask(`/${await bury({ key: null, value: null, headers: {} })}`)
  expect(nothing.body).toMatchObject({ key: null, value: null, valueBytes: null, headers: {} })
})

test('tells what was cut, also within a character', async () => {
  const value = Buffer.from(`x${'ä'.repeat(KEPT_VALUE_BYTES / 2)}`)
  const id = await bury({ value, reason: 'too_big' })
  const { body } = await ask(`/${id}`)
  expect(body).toMatchObject({ whole: false, valueBytes: value.length })
  expect(body.value).toBe(`x${'ä'.repeat(KEPT_VALUE_BYTES / 2 - 1)}`)
  // Its source does not hold it.
  expect(await redrive(id)).toMatchObject({ status: 409, body: { code: 'dead_letter_cut' } })
})

test('sends a record back once, and again where that is said', async () => {
  const id = await bury()
  const before = await sentBack()
  const answers = await Promise.all([redrive(id), redrive(id)])
  const [first, second] = answers.toSorted((a, b) => a.status - b.status)
  const { redrivenAt } = second!.body
  expect(first).toMatchObject({ status: 200, body: { id, topic: names.created } })
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'already_redriven' },
  })
  const [back, ...more] = (await sentBack()).slice(before.length)
  expect(more).toEqual([])
  expect(back).toMatchObject({ key: LETTER.key!, value: LETTER.value! })
  expect((await ask(`/${id}`)).body.redrivenAt).toBe(redrivenAt)
  expect((await redrive(id, { again: true })).status).toBe(200)
  expect((await sentBack()).length).toBe(before.length + 2)
  expect(server.logLines.filter(({ msg }) => msg === 'dead letter sent back')).toContainEqual(
    expect.objectContaining({ letter: id, by: 'sam', topic: names.created }),
  )

  // As the mirror does with what it still cannot read.
  const again = await bury({ headers: back!.headers })
  expect((await ask('?limit=1')).body.items).toMatchObject([{ id: again, redriveOf: id }])
})

test('a body is not needed', async () => {
  const path = `/${await bury()}/redrive`
  expect((await ask(path, { method: 'POST' })).status).toBe(200)
  expect((await ask(path, { method: 'POST' })).body.code).toBe('already_redriven')
})

describe('refuses', () => {
  const asStaff = { token: undefined as string | undefined }
  test.each([
    ['?limit=0', {}, 422, 'limit'],
    ['?limit=101', {}, 422, 'limit'],
    ['?reason=sad', {}, 422, 'reason'],
    ['?status=pending', {}, 422, 'status'],
    ['?next=x', {}, 400, 'next'],
    ['/0@0/redrive', { json: { again: 'yes' } }, 422, 'again'],
    ['/0@0/redrive', { json: [] }, 422, 'body'],
    [`/${'0'.repeat(50)}`, {}, 422, 'id'],
  ] as const)('%s', async (path, options, status, field) => {
    expect(await ask(path, options)).toMatchObject({ status, body: { field } })
  })

  test.each(['0@99999', 'x', '9@0'])('%s, which is no letter', async (id) => {
    const none = { status: 404, body: { code: 'no_such_dead_letter' } }
    expect(await ask(`/${id}`)).toMatchObject(none)
    expect(await redrive(id)).toMatchObject(none)
  })

  test('whoever is not staff, before anything else', async () => {
    const token = await server.signIn('alice')
    for (const [path, options] of [
      ['?limit=0', {}],
      ['/0@0', {}],
      ['/0@0/redrive', { json: { again: 'yes' } }],
    ] as const) {
      expect((await ask(path, { ...options, token })).body.code).toBe('staff_only')
      expect((await ask(path, { ...options, ...asStaff })).body.code).toBe('token_missing')
    }
  })
})

test('while Kafka is away it says so, and everything else goes on', async () => {
  await using alone = new AsyncDisposableStack()
  const cut = await startTestServer({ ...env, KAFKA_BROKER: '127.0.0.1:1' })
  alone.defer(() => cut.stop())
  const token = await cut.signIn('sam', 'staff')
  for (const [path, options] of [
    ['', {}],
    ['/0@0', {}],
    ['/0@0/redrive', { json: {} }],
  ] as const) {
    const answer = await ask(path, { ...options, token }, cut)
    expect(answer).toMatchObject({ status: 503, body: { code: 'kafka_unreachable' } })
    expect(answer.headers.get('retry-after')).toBe('1')
  }
  expect((await cut.request('/api/admin/stats', { token })).status).toBe(200)
  // Told once, however many ask.
  const told = cut.logLines.filter(
    ({ level, msg }) => Number(level) >= 40 && /Kafka|request/.test(msg),
  )
  expect(told.map(({ msg }) => msg)).toEqual([
    'Kafka is out of reach: dead letters can be neither shown nor sent back',
  ])
})

test('where there is no Kafka, front ends are told that there are none', async () => {
  await using alone = new AsyncDisposableStack()
  const embedded = await startTestServer()
  alone.defer(() => embedded.stop())
  const token = await embedded.signIn('sam', 'staff')
  for (const [path, options] of [
    ['', {}],
    ['/0@0', {}],
    ['/0@0/redrive', { json: {} }],
  ] as const) {
    const answer = await ask(path, { ...options, token }, embedded)
    expect(answer).toMatchObject({ status: 404, body: { code: 'no_dead_letters' } })
  }
  const told = async (asked: TestServer) =>
    ((await (await asked.request('/api/settings')).json()) as { deadLetters: boolean }).deadLetters
  expect(await told(embedded)).toBe(false)
  expect(await told(server)).toBe(true)
})
