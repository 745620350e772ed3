import { expect, test } from 'bun:test'
import { markAt, proofOf } from './mark'

const record = { offset: 9, fingerprint: '00ff00ff00ff00ff' }

test('a mark is proved by the record before it, a record by itself', () => {
  const mark = markAt(15, record)
  expect(mark.offset).toBe(15)
  expect(proofOf(mark)).toEqual(record)
  expect(proofOf(record)).toEqual(record)
})

test('a mark behind no record at all is proved by nothing', () => {
  const mark = markAt(3, null)
  expect([proofOf(mark), proofOf(null)]).toEqual([null, null])
})
