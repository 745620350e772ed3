import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { KafkaRecord } from '../kafka/kafka'
import { fingerprintOf } from './fingerprint'

type Printed = Pick<KafkaRecord, 'timestamp' | 'key' | 'value'>

function print({ timestamp, key, value }: Printed): string {
  return fingerprintOf({ offset: 0, headers: {}, timestamp, key, value })
}

const bytes = fc.option(
  fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array)),
  { nil: null },
)
const records: fc.Arbitrary<Printed> = fc.record({
  timestamp: fc.integer({ min: -1, max: 5 }),
  key: bytes,
  value: bytes,
})

function isEqual(a: Printed, b: Printed): boolean {
  const text = ({ timestamp, key, value }: Printed) =>
    JSON.stringify([timestamp, key?.toString('hex') ?? null, value?.toString('hex') ?? null])
  return text(a) === text(b)
}

test('equal records have one fingerprint, others have others', () => {
  fc.assert(
    fc.property(records, records, (a, b) => {
      expect(print(a)).toMatch(/^[0-9a-f]{16}$/)
      expect(print(a) === print(b)).toBe(isEqual(a, b))
    }),
    { numRuns: 5_000 },
  )
})

test('what is absent, what is empty, and where key ends and value begins, all count', () => {
  const [none, empty, a, b, ab] = [null, Buffer.from(''), ...['a', 'b', 'ab'].map(Buffer.from)]
  const pairs: [Buffer | null | undefined, Buffer | null | undefined][] = [
    [none, none],
    [none, empty],
    [empty, none],
    [empty, empty],
    [a, b],
    [b, a],
    [ab, empty],
    [empty, ab],
    [ab, none],
    [none, ab],
  ]
  const prints = pairs.map(([key = null, value = null]) => print({ timestamp: 1, key, value }))
  expect(new Set(prints).size).toBe(pairs.length)
})

test('it stays what it was: logs keep it', () => {
  const record = { timestamp: 1_700_000_000_000, key: Buffer.from('k'), value: Buffer.from('{}') }
  expect(print(record)).toBe('f6436fc6a0d7e8a6')
})
