import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { headerOf, type KafkaRecord } from './kafka'
import { batchesOf, isRecordBatch, readRecords } from './record-batch'
import { writeBatch, type WrittenBatch, type WrittenRecord } from './testing/record-batch'

const bytes = fc.option(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  { nil: null },
)
const headers = fc.array(
  fc.tuple(fc.oneof(fc.string(), fc.constantFrom('a', 'ä', '__proto__')), bytes),
  {
    maxLength: 5,
  },
)
const batch: fc.Arbitrary<WrittenBatch> = fc
  .record({
    firstOffset: fc.nat(2 ** 40),
    firstTimestamp: fc.nat(2 ** 42),
    gaps: fc.array(fc.nat(2_000), { maxLength: 20 }),
    drawn: fc.array(
      fc.record({
        late: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        key: bytes,
        value: bytes,
        headers,
      }),
      { minLength: 20, maxLength: 20 },
    ),
  })
  .map(({ firstOffset, firstTimestamp, gaps, drawn }) => {
    let offset = firstOffset - 1
    const records = gaps.map((gap, at): WrittenRecord => {
      const { late, ...rest } = drawn[at]!
      offset += 1 + gap
      return { offset, timestamp: firstTimestamp + late, ...rest }
    })
    return { firstOffset, firstTimestamp, records }
  })

function read(answer: Buffer, from = 0): KafkaRecord[] {
  const records: KafkaRecord[] = []
  for (const each of batchesOf(answer)) readRecords(each, each.body, from, records)
  return records
}

function plain({ offset, timestamp, key, value, headers }: KafkaRecord) {
  return { offset, timestamp, key, value, headers }
}

function expected({ headers, ...rest }: WrittenRecord) {
  return {
    ...rest,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, value ?? undefined])),
  }
}

test('what was written is read, from any offset on, wherever the broker cut it', () => {
  const answer = fc.tuple(fc.array(batch, { maxLength: 4 }), fc.nat(), fc.nat(200))
  fc.assert(
    fc.property(answer, ([batches, pick, cut]) => {
      const whole = batches.flatMap(({ records }) => records)
      const from = whole[pick % Math.max(1, whole.length)]?.offset ?? 0
      const last = batches.at(-1)
      const written = Buffer.concat(batches.map(writeBatch))
      const lost = last && cut > 0 ? last.records.length : 0
      const kept = whole.slice(0, whole.length - lost).filter(({ offset }) => offset >= from)
      const got = read(
        written.subarray(0, written.length - (last ? cut % writeBatch(last).length : 0)),
        from,
      )
      const isCut = last !== undefined && cut % writeBatch(last).length > 0
      const all = whole.filter(({ offset }) => offset >= from)
      expect(got.map(plain)).toEqual((isCut ? kept : all).map(expected))
    }),
  )
})

test('a header is the same, asked for alone or with all; of one name the last counts', () => {
  fc.assert(
    fc.property(batch, (written) => {
      for (const record of read(writeBatch(written))) {
        const names = [...Object.keys(record.headers), 'missing', '']
        for (const name of names)
          expect(headerOf(record, name)).toEqual(
            Object.hasOwn(record.headers, name) ? record.headers[name] : undefined,
          )
      }
    }),
  )
})

test('the head tells what it is', () => {
  const record = { offset: 7, timestamp: 5, key: null, value: null, headers: [] }
  const written = { firstOffset: 7, firstTimestamp: 5, records: [record], lastOffset: 9 }
  const head = (more: Partial<WrittenBatch>) =>
    [...batchesOf(writeBatch({ ...written, ...more }))][0]!
  expect(head({})).toMatchObject({
    ...{ firstOffset: 7, lastOffset: 9, count: 1, codec: 0, appendTime: null },
    ...{ inTransaction: false, isControl: false, producerId: '-1' },
  })
  expect(head({ attributes: 0x30, producerId: 12 })).toMatchObject({
    ...{ inTransaction: true, isControl: true, producerId: '12' },
  })
  expect(head({ attributes: 0x04 }).codec).toBe(4)
  const appended = head({ attributes: 0x08, maxTimestamp: 99 })
  expect(appended.appendTime).toBe(99)
  const records: KafkaRecord[] = []
  readRecords(appended, appended.body, 0, records)
  expect(records[0]!.timestamp).toBe(99)
})

test('an older format is told from this one', () => {
  const older = writeBatch({ firstOffset: 0, firstTimestamp: 0, records: [] })
  expect([isRecordBatch(older), isRecordBatch(Buffer.alloc(0))]).toEqual([true, true])
  older[16] = 1
  expect(isRecordBatch(older)).toBe(false)
})

test('bytes that are no records are an error, and never fewer or other records', () => {
  const value = Buffer.from('tea')
  const record = { offset: 0, timestamp: 0, key: null, value, headers: [] }
  const written = writeBatch({ firstOffset: 0, firstTimestamp: 0, records: [record] })
  const broken = (at: number, byte: number) => {
    const bytes = Buffer.from(written)
    bytes[at] = byte
    return bytes
  }
  const atRecord = 61
  for (const bytes of [
    broken(atRecord, 0x7e),
    broken(atRecord, 0x02),
    broken(atRecord, 0x01),
    broken(atRecord + 5, 0x7e),
    broken(60, 2),
    broken(11, 3),
  ])
    expect(() => read(bytes)).toThrow("Kafka's answer cannot be read")
})
