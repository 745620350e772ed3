import { expect, test } from 'bun:test'
import type { Checkpoint } from '../event-log/event-log'
import type { KafkaRecord } from '../kafka/kafka'
import { fingerprintOf } from './fingerprint'
import { markAt } from './mark'
import { Stretch } from './stretch'

function record(offset: number, text = String(offset)): KafkaRecord {
  return { offset, timestamp: 1, key: null, value: Buffer.from(text), headers: {} }
}

function at(offset: number): Checkpoint {
  return { offset, fingerprint: fingerprintOf(record(offset)) }
}

function stretchFrom(
  from: number,
  logged: Checkpoint | null,
  projected: Checkpoint | null = null,
  projects = false,
): Stretch {
  const logFrom = logged?.offset ?? from
  return new Stretch({ from, logged, projected, logFrom, earliest: 0 }, projects)
}

test('the record at the checkpoint is compared and not logged again', () => {
  const stretch = stretchFrom(4, at(4))
  expect([4, 5].map((offset) => stretch.isToLog(offset))).toEqual([false, true])
  expect(stretch.isAnother(record(4))).toBe(false)
  expect(stretch.isAnother(record(4, 'another'))).toBe(true)
  expect(stretch.isAnother(record(5, 'another'))).toBe(false)
})

test('a hole is what is needed and missing', () => {
  const verified = stretchFrom(4, at(4))
  expect([4, 5, 6].map((offset) => verified.isHoleBefore(offset))).toEqual([false, false, true])
  const fresh = stretchFrom(4, null)
  expect([4, 5].map((offset) => fresh.isHoleBefore(offset))).toEqual([false, true])
})

test('what landed from elsewhere is not handed over again', () => {
  const stretch = stretchFrom(4, at(4))
  stretch.handed = at(6)
  stretch.landed(at(5))
  expect([stretch.logged?.offset, stretch.handed.offset]).toEqual([5, 6])
  stretch.landed(at(9))
  expect([stretch.logged?.offset, stretch.handed?.offset]).toEqual([9, 9])
  expect([9, 10].map((offset) => stretch.isToLog(offset))).toEqual([false, true])
  expect(stretch.isAnother(record(9, 'another'))).toBe(true)
})

test('with a projection each of log and tables gets what it lacks', () => {
  const tablesBehind = stretchFrom(2, at(4), at(2), true)
  expect([2, 3, 4, 5].map((offset) => tablesBehind.isToLog(offset))).toEqual([
    false,
    false,
    false,
    true,
  ])
  expect([2, 3, 4, 5].map((offset) => tablesBehind.isToProject(offset))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(tablesBehind.isAnother(record(4, 'another'))).toBe(true)
  const logBehind = stretchFrom(2, at(2), at(4), true)
  expect([2, 3, 4, 5].map((offset) => logBehind.isWanted(offset))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect([2, 3, 4, 5].map((offset) => logBehind.isToLog(offset))).toEqual([false, true, true, true])
})

test('what is older than the refill is projected and not logged', () => {
  const stretch = new Stretch(
    { from: 0, logged: null, projected: null, logFrom: 3, earliest: 0 },
    true,
  )
  expect([0, 2, 3].map((offset) => stretch.isToLog(offset))).toEqual([false, false, true])
  expect([0, 2, 3].map((offset) => stretch.isWanted(offset))).toEqual([true, true, true])
})

test('what is delivered once more moves nothing back', () => {
  const stretch = stretchFrom(4, at(4))
  stretch.read({ records: [record(9)], next: 10 }, at(9))
  stretch.read({ records: [record(6)], next: 7 }, at(6))
  expect([stretch.next, stretch.proof?.offset]).toEqual([10, 9])
})

test('behind the last record a mark follows where others are no records for us', () => {
  const stretch = stretchFrom(4, at(4))
  expect(stretch.markBefore(7, at(6))).toBeNull()
  expect(stretch.markBefore(9, at(6))).toMatchObject({ record: { offset: 8 }, event: null })
  stretch.read({ records: [record(5), record(6)], next: 9 }, at(6))
  const mark = { offset: 10, fingerprint: stretch.markBefore(11, null)!.fingerprint }
  expect(mark).toEqual(markAt(10, at(6)))
  expect(stretch.markBefore(9, at(6))).toBeNull()
})

test('from a mark on nothing is missing, and what proves it is compared', () => {
  const stretch = stretchFrom(6, markAt(10, at(6)))
  expect(stretch.firstNeeded()).toBe(11)
  expect([11, 12].map((offset) => stretch.isHoleBefore(offset))).toEqual([false, true])
  expect(
    [record(6), record(6, 'another'), record(10)].map((one) => stretch.isAnother(one)),
  ).toEqual([false, true, true])
})

test('a mark that no record is before is one only where all was read', () => {
  const mark = stretchFrom(0, null).markBefore(3, null)
  expect(mark).toMatchObject({ fingerprint: markAt(2, null).fingerprint })
  expect(stretchFrom(2, null).markBefore(3, null)).toBeNull()
  expect(stretchFrom(2, null).markBefore(4, at(2))).not.toBeNull()
})
