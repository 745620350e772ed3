import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { KafkaRecord, NewRecord } from '../kafka/kafka'
import type { DeadLetter } from './dead-letter'
import {
  DEAD_LETTER_REASONS,
  deadLetterRecord,
  KEPT_VALUE_BYTES,
  readDeadLetter,
} from './dead-letter'

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))

const headerNames = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '__proto__',
    '',
    'dead-letter.topic',
    'dead-letter.cut',
    'dead-letter.original.x',
  ),
)

const letters: fc.Arbitrary<DeadLetter> = fc.record({
  source: fc.record({
    topic: fc.string({ minLength: 1 }),
    partition: fc.nat(),
    offset: fc.maxSafeNat(),
    timestamp: fc.maxSafeNat(),
  }),
  reason: fc.constantFrom(...DEAD_LETTER_REASONS),
  detail: fc.string({ unit: 'grapheme', maxLength: 100 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(headerNames, bytes),
})

const SAMPLE: DeadLetter = {
  source: { topic: 'order.created', partition: 1, offset: 7, timestamp: 1_000 },
  reason: 'too_big',
  detail: 'The event has 70000 bytes: expected at most 65536.',
  key: Buffer.from('order-1'),
  value: Buffer.from('{"orderId":"order-1"}'),
  headers: {},
}

/** As Kafka would deliver it. */
function delivered(record: NewRecord): KafkaRecord {
  const buffer = (value: string | Buffer) =>
    typeof value === 'string' ? Buffer.from(value) : value
  return {
    offset: 0,
    timestamp: 0,
    key: record.key === null ? null : buffer(record.key),
    value: record.value === null ? null : buffer(record.value),
    headers: Object.fromEntries(
      Object.entries(record.headers ?? {}).map(([name, value]) => [name, buffer(value)]),
    ),
  }
}

function kept(letter: DeadLetter) {
  return readDeadLetter(delivered(deadLetterRecord(letter, 'order.dead-letter')))
}

function sizeOf({ key, value, headers }: KafkaRecord): number {
  const inHeaders = Object.entries(headers).reduce(
    (sum, [name, header]) => sum + Buffer.byteLength(name) + header!.length,
    0,
  )
  return (key?.length ?? 0) + (value?.length ?? 0) + inHeaders
}

test('any bytes as key, value and headers come back as they were', () => {
  fc.assert(
    fc.property(letters, (letter) => {
      expect(kept(letter)).toEqual({
        ...letter,
        valueBytes: letter.value && letter.value.length,
        whole: true,
      })
    }),
    { numRuns: 500 },
  )
})

test('a dead letter that becomes one again comes back with both stories', () => {
  const first = delivered(deadLetterRecord(SAMPLE, 'order.dead-letter'))
  const again = kept({ ...SAMPLE, ...first, reason: 'invalid' })
  expect(again).toMatchObject({ reason: 'invalid', whole: true })
  expect(readDeadLetter({ ...first, headers: again!.headers })).toMatchObject({ reason: 'too_big' })
})

test('a long value is cut, and says so', () => {
  const value = Buffer.alloc(KEPT_VALUE_BYTES + 1, 'x')
  const letter = kept({ ...SAMPLE, value })
  expect(letter).toMatchObject({ valueBytes: value.length, whole: false })
  expect(letter!.value).toEqual(value.subarray(0, KEPT_VALUE_BYTES))

  const fits = { ...SAMPLE, value: value.subarray(1) }
  expect(kept(fits)).toMatchObject({ valueBytes: KEPT_VALUE_BYTES, whole: true })
})

test('whatever the original was, its letter fits into the smallest usual limit of a record', () => {
  const huge = Buffer.alloc(900_000, 'x')
  const long = { ...SAMPLE, detail: '🦀'.repeat(100_000) }
  const shapes: readonly DeadLetter[] = [
    { ...long, value: huge },
    { ...long, key: huge },
    { ...long, headers: { big: huge, small: Buffer.from('kept') } },
    { ...long, headers: { [huge.toString()]: Buffer.alloc(0) } },
  ]
  for (const shape of shapes) {
    const record = delivered(deadLetterRecord(shape, 'order.dead-letter'))
    expect(sizeOf(record)).toBeLessThan(500_000)
    expect(readDeadLetter(record)).toMatchObject({ whole: false, source: SAMPLE.source })
  }
  expect(kept(shapes[2]!)!.headers).toEqual({ small: Buffer.from('kept') })
})

test('where the original had no key, the letter lies by its partition', () => {
  expect(deadLetterRecord({ ...SAMPLE, key: null }, 'order.dead-letter').key).toBe(
    'order.created-1',
  )
  expect(kept({ ...SAMPLE, key: null })!.key).toBeNull()
})

test.each([
  ['without headers', {}],
  ['of another kind', { 'dead-letter.redriven': Buffer.from('0@1') }],
  [
    'with a partition that is none',
    {
      ...delivered(deadLetterRecord(SAMPLE, 'x')).headers,
      'dead-letter.partition': Buffer.from('one'),
    },
  ],
])('a record %s is not a dead letter', (_, headers) => {
  expect(readDeadLetter({ ...delivered(deadLetterRecord(SAMPLE, 'x')), headers })).toBeNull()
})
