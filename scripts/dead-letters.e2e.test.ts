import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openKafka } from '../server/kafka/client'
import type { Kafka } from '../server/kafka/kafka'
import { createLogger } from '../server/lib/logger'
import { type DeadLetter, deadLetterRecord } from '../server/mirror/dead-letter'
import { freshTopics, testStack } from '../server/testing/stack'

const root = join(import.meta.dir, '..')
const names = freshTopics()
let broker: string
let kafka: Kafka

const LETTER: DeadLetter = {
  source: { topic: names.created, partition: 0, offset: 0, timestamp: 1_000 },
  reason: 'invalid',
  detail: 'total: expected an amount.',
  key: Buffer.from('order-1'),
  value: Buffer.from('{"orderId":"order-1","total":"x"}'),
  headers: { trace: Buffer.from('abc') },
}

beforeAll(async () => {
  broker = (await testStack()).broker
  const settings = { brokers: [broker], clientId: 'test', tls: null, sasl: null }
  kafka = openKafka({ ...settings, partitions: 1, replicationFactor: 1 }, createLogger('silent'))
  await kafka.ensureTopics([names.created, names.deadLetter])
  const foreign: DeadLetter = { ...LETTER, reason: 'foreign' }
  const letters = [LETTER, foreign, { ...foreign, value: Buffer.from([0, 255]) }]
  for (const [number, letter] of letters.entries()) {
    const record = deadLetterRecord(letter, names.deadLetter)
    await kafka.producer().send([{ ...record, timestamp: Date.UTC(2026, 0, 1 + number) }])
  }
})

afterAll(() => kafka.close())

async function deadLetters(...args: readonly string[]) {
  const child = Bun.spawn([join(root, 'scripts/dead-letters'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      BUN: process.execPath,
      KAFKA_BROKER: broker,
      KAFKA_TOPIC_DEAD_LETTER: names.deadLetter,
      // Nobody listens there: only Kafka is needed.
      REDIS_URL: 'redis://127.0.0.1:1',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    },
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output, errors }
}

async function sentBack() {
  return kafka.read({ topic: names.created, partition: 0 }, 0, 100)
}

test('list, look, send back', async () => {
  const listed = await deadLetters('list')
  expect(listed.exitCode).toBe(0)
  expect(listed.output.match(/^0@\d/gm)).toEqual(['0@2', '0@1', '0@0'])
  expect(listed.output).toContain(`invalid  ${names.created}-0@0  order-1`)
  const limited = await deadLetters('list', '--reason', 'foreign', '--limit', '1', '--json')
  expect(JSON.parse(limited.output)).toMatchObject([{ id: '0@2', redrivenAt: null }])

  const shown = await deadLetters('show', '0@0')
  expect(shown.output).toContain('trace: abc')
  expect(shown.output).toContain('"total": "x"')

  const nobody = await deadLetters('redrive', '0@0')
  expect(nobody).toMatchObject({ exitCode: 2, output: '' })
  expect(nobody.errors).toContain('--yes')
  expect(await sentBack()).toEqual([])

  const redriven = await deadLetters('redrive', '0@0', '--yes')
  expect(redriven).toMatchObject({
    exitCode: 0,
    output: `0@0 was sent back to ${names.created}.\n`,
  })
  const [back] = await sentBack()
  expect(back).toMatchObject({ key: LETTER.key!, value: LETTER.value!, timestamp: 1_000 })
  const twice = await deadLetters('redrive', '0@0', '--yes')
  expect(twice.exitCode).toBe(2)
  expect(twice.errors).toContain('--again')
  expect((await deadLetters('list')).output).toMatch(/^0@0 .* sent back 2/m)

  const all = await deadLetters('redrive', '--reason', 'foreign', '--all', '--yes')
  expect(all.output).toMatch(/^0@1 [^]*\n0@2 /)
  const none = await deadLetters('redrive', '--reason', 'foreign', '--all', '--yes')
  expect(none).toMatchObject({ exitCode: 0, output: 'There is nothing to send back.\n' })
  expect((await sentBack()).length).toBe(3)
})

test.each([
  [['lost'], 'Expected list, show or redrive'],
  [['list', '--limit', '0'], '--limit is "0"'],
  [['list', '--reason', 'sad'], 'expected one of not_json'],
  [['redrive', '--yes'], 'takes ids of letters, or --reason REASON --all'],
  [['redrive', '--all', '--yes'], 'takes ids of letters, or --reason REASON --all'],
  [['show'], 'the id of one letter'],
  [['show', '--what'], '--what'],
])('%p is refused with a sentence', async (args, sentence) => {
  const refused = await deadLetters(...args)
  expect(refused).toMatchObject({ exitCode: 2, output: '' })
  expect(refused.errors).toContain(sentence)
})

test('a letter that does not exist ends it with 1', async () => {
  const refused = await deadLetters('show', '0@99')
  expect(refused).toMatchObject({ exitCode: 1, output: '' })
  expect(refused.errors).toContain('There is no dead letter 0@99')
})
