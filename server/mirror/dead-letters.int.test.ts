import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openKafka } from '../kafka/client'
import type { Kafka, KafkaRecord, NewRecord } from '../kafka/kafka'
import { createLogger } from '../lib/logger'
import { freshTopics, testStack, type TopicNames } from '../testing/stack'
import { type DeadLetter, deadLetterRecord, KEPT_VALUE_BYTES } from './dead-letter'
import { createDeadLetters, type DeadLetterEntry, type DeadLetters } from './dead-letters'

const PARTITIONS = 3

let kafka: Kafka
let names: TopicNames
let letters: DeadLetters

beforeAll(async () => {
  const { broker } = await testStack()
  const settings = { brokers: [broker], clientId: 'test', tls: null, sasl: null }
  kafka = openKafka(
    { ...settings, partitions: PARTITIONS, replicationFactor: 1 },
    createLogger('silent'),
  )
})

afterAll(() => kafka.close())

async function freshShop(): Promise<void> {
  names = freshTopics()
  await kafka.ensureTopics([names.created, names.deadLetter])
  letters = createDeadLetters(kafka, names.deadLetter)
}

/** Writes a record into the topic of created orders and finds it there. */
async function written(record: NewRecord): Promise<KafkaRecord & { partition: number }> {
  await kafka.producer().send([{ ...record, topic: names.created }])
  const all = await recordsOf(names.created)
  return all.toSorted((a, b) => a.offset - b.offset || a.timestamp - b.timestamp).at(-1)!
}

async function recordsOf(topic: string) {
  const spans = [...(await kafka.spans([topic])).values()]
  const read = spans.map(async (span) =>
    (await kafka.read(span, 0, 1_000)).map((record) => ({ ...record, partition: span.partition })),
  )
  return (await Promise.all(read)).flat()
}

function letterOf(
  record: KafkaRecord & { partition: number },
  reason: DeadLetter['reason'] = 'invalid',
): DeadLetter {
  const { key, value, headers, offset, timestamp, partition } = record
  const source = { topic: names.created, partition, offset, timestamp }
  return { source, reason, detail: 'version: expected a whole number.', key, value, headers }
}

/** Each a millisecond after the one before. */
async function bury(...dead: readonly DeadLetter[]): Promise<void> {
  const at = Date.now()
  const records = dead.map((letter, number) => ({
    ...deadLetterRecord(letter, names.deadLetter),
    timestamp: at + number,
  }))
  await kafka.producer().send(records)
}

async function listed(reason?: string): Promise<DeadLetterEntry[]> {
  const entries: DeadLetterEntry[] = []
  for await (const entry of letters.entries(reason)) entries.push(entry)
  return entries
}

test('lists newest first across partitions, by reason, however many there are', async () => {
  await freshShop()
  const record = await written({ key: 'order-1', value: '{"orderId":"order-1"}' })
  const at = Date.now() - 1_000_000
  const records = Array.from({ length: 350 }, (_, number) => ({
    ...deadLetterRecord(
      {
        ...letterOf(record, number % 50 === 0 ? 'foreign' : 'invalid'),
        key: Buffer.from(`order-${number}`),
        value: number % 2 ? null : Buffer.from(`{"orderId":${number}}`),
      },
      names.deadLetter,
    ),
    timestamp: at + number,
  }))
  await kafka.producer().send(records)

  const all = await listed()
  expect(all.map((entry) => entry.at)).toEqual(records.map(({ timestamp }) => timestamp).reverse())
  expect(new Set(all.map(({ id }) => id.split('@')[0])).size).toBe(PARTITIONS)
  expect(all.slice(0, 2).map(({ orderId }) => orderId)).toEqual(['order-349', '348'])
  const foreign = await listed('foreign')
  expect(foreign.map((entry) => entry.at - at)).toEqual([300, 250, 200, 150, 100, 50, 0])
  expect(await listed('not_json')).toEqual([])

  const found = await letters.find(foreign[3]!.id)
  expect(found).toEqual(foreign[3]!)
})

test('sends a record back as it was, and remembers that it did', async () => {
  await freshShop()
  const headers = { ce_type: 'order.created', bytes: Buffer.from([0, 255, 10]) }
  const timestamp = Date.UTC(2026, 0, 31)
  const value = Buffer.from([0xff, 0x00, 0x7b])
  const record = await written({ key: 'order-1', value, headers, timestamp })
  await bury(letterOf(record), letterOf({ ...record, key: null }), letterOf(record))
  const [third, second, first] = (await listed()).map(({ id }) => id)

  await letters.redrive(second!)
  await letters.redrive(first!)
  const entries = await listed()
  expect(entries.map(({ id, redrivenAt }) => [id, redrivenAt !== null])).toEqual([
    [third!, false],
    [second!, true],
    [first!, true],
  ])
  expect(await letters.find(first!)).toEqual(entries[2]!)
  expect((await letters.find(third!)).redrivenAt).toBeNull()

  const back = (await recordsOf(names.created)).filter(
    (each) => each.headers['dead-letter.redrive'] !== undefined,
  )
  expect(back.length).toBe(2)
  for (const { key, headers: own } of back) {
    const id = key ? first! : second!
    const letter = Buffer.from(`${names.deadLetter}/${id}`)
    expect(own).toEqual({ ...record.headers, 'dead-letter.redrive': letter })
  }
  expect(back.map((each) => each.value)).toEqual([value, value])
  expect(back.map((each) => each.timestamp)).toEqual([timestamp, timestamp])
  expect(new Set(back.map(({ key }) => key?.toString()))).toEqual(new Set(['order-1', undefined]))
})

test('fetches from its source what was cut, and refuses where that is not there any more', async () => {
  await freshShop()
  const value = Buffer.alloc(KEPT_VALUE_BYTES + 10, 'x')
  const record = await written({ key: 'order-1', value })
  const letter = letterOf(record, 'too_big')
  const another = { ...letter, source: { ...letter.source, timestamp: 5 } }
  const gone = { ...letter, source: { ...letter.source, offset: 99 } }
  const nowhere = { ...letter, source: { ...letter.source, topic: `${names.created}-not` } }
  await bury(letter, another, gone, nowhere)
  const ids = (await listed()).map(({ id }) => id).reverse()

  await letters.redrive(ids[0]!)
  const [back] = (await recordsOf(names.created)).filter(({ offset }) => offset !== record.offset)
  expect(back!.value?.equals(value)).toBe(true)
  for (const id of ids.slice(1)) {
    const refused = letters.redrive(id)
    expect(refused).rejects.toMatchObject({ code: 'dead_letter_cut', status: 409 })
    expect(refused).rejects.toThrow(`(${KEPT_VALUE_BYTES} of ${value.length} bytes of its value)`)
  }
  expect((await listed()).filter(({ redrivenAt }) => redrivenAt !== null).length).toBe(1)
})

test('whole letters are sent back also where their source is gone', async () => {
  await freshShop()
  const record = await written({ key: null, value: null })
  await bury({ ...letterOf(record), source: { ...letterOf(record).source, offset: 1_000 } })
  await letters.redrive((await listed())[0]!.id)
  const back = (await recordsOf(names.created)).filter(
    (each) => each.headers['dead-letter.redrive'] !== undefined,
  )
  expect(back).toMatchObject([{ key: null, value: null }])
})

test.each(['7', '0@99', '99@0', 'a@b', '0@-1', ''])('there is no dead letter %p', async (id) => {
  const none = { code: 'no_such_dead_letter', status: 404 }
  expect(letters.find(id)).rejects.toMatchObject(none)
  expect(letters.redrive(id)).rejects.toMatchObject(none)
})

test('the note of a letter that was sent again is not a letter', async () => {
  await freshShop()
  await bury(letterOf(await written({ key: 'order-1', value: '{}' })))
  const [{ id }] = (await listed()) as [DeadLetterEntry]
  await letters.redrive(id)
  const [partition] = id.split('@')
  const note = letters.find(`${partition}@1`)
  expect(note).rejects.toMatchObject({ code: 'no_such_dead_letter' })
  expect((await listed()).length).toBe(1)
})
