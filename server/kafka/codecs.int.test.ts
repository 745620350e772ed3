import { expect, test } from 'bun:test'
import { CompressionCodecs, CompressionTypes, Kafka as KafkaJs, logLevel } from 'kafkajs'
import { registerCodecs } from './codecs'
import { createRecorder, groupName, openTestKafka, type TestKafka, until } from './testing/setup'

type Codec = keyof typeof CompressionCodecs

/** Names as brokers and topics have them. */
const CODECS: readonly (readonly [string, Codec])[] = [
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
  ['zstd', CompressionTypes.ZSTD],
]

/** Tiny, many alike, and larger than a block of any of the framings, well compressible and not. */
const VALUES = [
  'tea',
  ...Array.from({ length: 500 }, (_, at) => `{"orderId":"o-${at}","status":"pending"}`),
  'x'.repeat(200_000),
  Array.from({ length: 10_000 }, () => crypto.randomUUID()).join(),
]

async function topicWith(kafka: TestKafka, compression: string): Promise<string> {
  const topic = `t-${crypto.randomUUID().slice(0, 13)}`
  const configEntries = [{ name: 'compression.type', value: compression }]
  await kafka.admin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }),
  )
  return topic
}

async function valuesOf(kafka: TestKafka, topic: string): Promise<readonly string[]> {
  const records = await kafka.read({ topic, partition: 0 }, 0, 10_000)
  return records.map(({ value }) => String(value))
}

/** How often the codec was asked to decompress while `work` ran. */
async function decompressions(type: Codec, work: () => Promise<void>): Promise<number> {
  const codec: () => { decompress(buffer: Buffer): Promise<Buffer> } = CompressionCodecs[type]
  let count = 0
  CompressionCodecs[type] = () => ({
    ...codec(),
    decompress(buffer: Buffer) {
      count++
      return codec().decompress(buffer)
    },
  })
  try {
    await work()
    return count
  } finally {
    CompressionCodecs[type] = codec
  }
}

test.each(CODECS)('%s: what Java has compressed is read', async (name, type) => {
  await using kafka = await openTestKafka()
  // Such a topic makes the broker compress, with the code of Java's clients.
  const topic = await topicWith(kafka, name)
  await kafka.producer().send(VALUES.map((value) => ({ topic, key: null, value })))
  const used = await decompressions(type, async () => {
    expect(await valuesOf(kafka, topic)).toEqual([...VALUES])
  })
  expect(used).toBeGreaterThan(0)
})

test.each(CODECS)('%s: Java reads what is compressed here', async (_, compression) => {
  await using kafka = await openTestKafka()
  // Such a topic makes the broker decompress what comes.
  const topic = await topicWith(kafka, 'uncompressed')
  const client = new KafkaJs({ brokers: [...kafka.settings.brokers], logLevel: logLevel.NOTHING })
  const producer = client.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  await producer.send({ topic, compression, messages: VALUES.map((value) => ({ value })) })
  await producer.disconnect()
  const used = await decompressions(compression, async () => {
    expect(await valuesOf(kafka, topic)).toEqual([...VALUES])
  })
  expect(used).toBe(0)
})

test('a partition in a codec that nobody knows waits, is told of once, and holds up no other', async () => {
  await using kafka = await openTestKafka({}, { stalledMs: 300 })
  const [strange, plain] = [await topicWith(kafka, 'zstd'), await kafka.topic()]
  const recorder = createRecorder()
  kafka.consume({ groupId: groupName(), topics: [strange, plain] }, recorder)
  // From then on one fetch asks for both.
  await kafka.fill(plain, 1, 9)
  await until(() => recorder.seen.length === 1)
  CompressionCodecs[CompressionTypes.ZSTD] = () => {
    throw new Error('ZSTD compression not implemented')
  }
  try {
    await kafka.fill(strange, 3)
    await kafka.fill(plain, 3, 10)
    await until(() => recorder.seen.length === 4)
    await kafka.fill(plain, 3, 13)
    await until(() => recorder.seen.length === 7)
    const tries = () =>
      kafka.lines.filter(({ msg }) => msg.startsWith('the records of a partition cannot be read'))
    await until(() => tries().length === 3)
    const told = tries().filter(({ level }) => Number(level) > 20)
    expect(told).toEqual([tries()[0]!])
    expect(told[0]).toMatchObject({ level: 50, partition: `${strange}-0`, offset: 0 })
    registerCodecs()
    await until(() => recorder.seen.length === 10)
    expect(recorder.asked).toHaveLength(1)
  } finally {
    registerCodecs()
  }
})
