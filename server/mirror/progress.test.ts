import { describe, expect, test } from 'bun:test'
import type { Checkpoint } from '../event-log/event-log'
import { markAt } from './mark'
import { findPlace, further, gapAt, hasForgotten, type Progress } from './progress'

function at(offset: number, fingerprint = `print-${offset}`): Checkpoint {
  return { offset, fingerprint }
}

const NOTHING: Progress = { logged: null, projected: null }

/** [earliest, end) */
function span(earliest: number, end: number) {
  return { earliest, end }
}

function fromOf(...given: Parameters<typeof findPlace>): number | string {
  const found = findPlace(...given)
  return found.finding === 'place' ? found.place.from : found.why
}

describe('where a partition is read on', () => {
  test.each<[string, Progress, ReturnType<typeof span>, number | string]>([
    ['at the checkpoint itself', { ...NOTHING, logged: at(4) }, span(0, 10), 4],
    ['behind it where its record is trimmed', { ...NOTHING, logged: at(4) }, span(5, 10), 5],
    ['nowhere: the next record is trimmed', { ...NOTHING, logged: at(4) }, span(6, 10), 'trimmed'],
    ['at the checkpoint, the last record', { ...NOTHING, logged: at(9) }, span(0, 10), 9],
    [
      'nowhere: the topic ends before it',
      { ...NOTHING, logged: at(10) },
      span(0, 10),
      'beyond_end',
    ],
    ['nowhere: the topic is empty', { ...NOTHING, logged: at(4) }, span(0, 0), 'beyond_end'],
    ['behind it where all is trimmed', { ...NOTHING, logged: at(9) }, span(10, 10), 10],
    ['at the earliest without a checkpoint', NOTHING, span(3, 10), 3],
    ['at the record before a mark', { ...NOTHING, logged: markAt(8, at(4)) }, span(0, 10), 4],
    [
      'behind a mark where all is trimmed',
      { ...NOTHING, logged: markAt(9, at(4)) },
      span(10, 10),
      10,
    ],
    [
      'at the earliest where no record is before a mark',
      { ...NOTHING, logged: markAt(8, null) },
      span(2, 10),
      2,
    ],
  ])('%s', (_what, progress, where, expected) => {
    expect(fromOf(where, progress, undefined, false)).toBe(expected)
  })

  test('without a checkpoint: where the refill starts, if the topic still has that', () => {
    const refill = (start: number, target = 9) =>
      fromOf(span(3, 10), NOTHING, { start, target }, false)
    expect([refill(5), refill(1), refill(9)]).toEqual([5, 3, 9])
    const logged = { ...NOTHING, logged: at(7) }
    expect(fromOf(span(3, 10), logged, { start: 5, target: 9 }, false)).toBe(7)
  })

  test('nowhere while it refills up to a record that the topic has not: it is another one', () => {
    expect(fromOf(span(3, 10), NOTHING, { start: 5, target: 10 }, false)).toBe('beyond_end')
    const logged = { ...NOTHING, logged: at(7) }
    expect(fromOf(span(3, 10), logged, { start: 5, target: 12 }, false)).toBe('beyond_end')
    expect(fromOf(span(3, 10), NOTHING, { start: 0, target: 2 }, false)).toBe('trimmed')
  })

  test.each<[string, Progress, number | string, number]>([
    ['both equal', { logged: at(5), projected: at(5) }, 5, 5],
    ['the tables are further', { logged: at(4), projected: at(6) }, 4, 4],
    ['the log is further', { logged: at(6), projected: at(4) }, 4, 6],
    ['the tables know nothing', { logged: at(6), projected: null }, 2, 6],
    ['the log knows nothing', { logged: null, projected: at(6) }, 4, 4],
    [
      'the log knows nothing, the tables less than it will',
      { logged: null, projected: at(2) },
      2,
      4,
    ],
    ['neither knows anything', NOTHING, 2, 4],
    ['the tables are beyond the end', { logged: at(5), projected: at(10) }, 'beyond_end', NaN],
    ['the tables lack what is trimmed', { logged: at(5), projected: at(0) }, 'trimmed', NaN],
  ])('with a projection the earlier of both counts: %s', (_what, progress, from, logFrom) => {
    const found = findPlace(span(2, 10), progress, { start: 4, target: 9 }, true)
    if (found.finding === 'gap') expect(found.why).toBe(from as never)
    else expect(found.place).toEqual({ ...progress, from: from as number, logFrom, earliest: 2 })
  })
})

test('a source that spans less than was read is not the one that was read', () => {
  expect(gapAt(4, span(0, 5))).toBeNull()
  expect(gapAt(4, span(5, 5))).toBeNull()
  expect(gapAt(4, span(0, 4))).toBe('beyond_end')
  expect(gapAt(4, span(6, 9))).toBe('trimmed')
})

test('a log forgot when it holds less than what landed, or something else', () => {
  expect(hasForgotten(null, null)).toBe(false)
  expect(hasForgotten(at(3), null)).toBe(false)
  expect(hasForgotten(at(3), at(3))).toBe(false)
  expect(hasForgotten(at(4), at(3))).toBe(false)
  expect(hasForgotten(at(2), at(3))).toBe(true)
  expect(hasForgotten(null, at(3))).toBe(true)
  expect(hasForgotten(at(3, 'another'), at(3))).toBe(true)
})

test('the further of two checkpoints', () => {
  expect(further(null, null)).toBeNull()
  expect(further(at(1), null)).toEqual(at(1))
  expect(further(null, at(1))).toEqual(at(1))
  expect(further(at(1), at(2))).toEqual(at(2))
  expect(further(at(2), at(1))).toEqual(at(2))
  expect(further(at(1), at(1, 'another'))).toEqual(at(1))
})
