import { expect, test } from 'bun:test'
import { Kafka as KafkaJs, logLevel } from 'kafkajs'
import { type KafkaRecord, headerOf } from './kafka'
import { openTestKafka } from './testing/setup'

test('a record is as it was sent, with its headers', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const client = new KafkaJs({ brokers: [...kafka.settings.brokers], logLevel: logLevel.NOTHING })
  const producer = client.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  const [key, value] = [Buffer.from('k'), Buffer.from('ä'.repeat(100))]
  const headers = { ce_source: 'tea shop', twice: ['a', 'b'], empty: '' }
  const timestamp = 1_795_000_000_123
  await producer.send({
    topic,
    messages: [
      { key, value, headers, timestamp: String(timestamp) },
      { key: null, value: null },
    ],
  })
  await producer.disconnect()
  const [full, tombstone] = await kafka.read({ topic, partition: 0 }, 0, 10)
  expect(full).toMatchObject({ offset: 0, timestamp, key, value })
  const textOf = (name: string) => headerOf(full!, name)?.toString()
  expect(['ce_source', 'twice', 'empty', 'none'].map(textOf)).toEqual([
    'tea shop',
    'b',
    '',
    undefined,
  ])
  expect(Object.keys(full!.headers).toSorted()).toEqual(['ce_source', 'empty', 'twice'])
  expect(tombstone).toMatchObject({
    offset: 1,
    key: null,
    value: null,
  } satisfies Partial<KafkaRecord>)
  expect(tombstone!.headers).toEqual({})
})
