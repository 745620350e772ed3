import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { callArguments, checkLines, outcomesOf, planCalls } from './append-calls.redis'
import { eventDigest } from './entry'
import type { PartitionBatch, RecordsBatch } from './event-log'
import { appended, checkpoint, deadLetter, range, record, rewind } from './features/fixtures'

const LIMITS = { records: 5, bytes: 1_000 }

function group(partition: string, records: RecordsBatch['records']): RecordsBatch {
  return { partition, expected: checkpoint(0), records }
}

describe('a batch is distributed over calls', () => {
  test('of bounded size, in its order, each part expecting what was before it', () => {
    const batch = [
      group(
        'a',
        range(7).map((index) => record(index + 1, 'ann')),
      ),
      { partition: 'a', expected: checkpoint(7), gap: { checkpoint: null } },
      group('b', []),
      group(
        'c',
        range(2).map((index) => record(index + 1, 'ann')),
      ),
    ]
    const calls = planCalls(batch, LIMITS)
    const parts = calls.map((call) =>
      call.map(({ batch: part }) => {
        const { partition, expected } = part
        const records = 'gap' in part ? 'gap' : part.records.map(({ offset }) => offset)
        return [partition, expected?.offset, records]
      }),
    )
    expect(parts).toEqual([
      [['a', 0, [1, 2, 3, 4, 5]]],
      [
        ['a', 5, [6, 7]],
        ['a', 7, 'gap'],
        ['b', 0, []],
      ],
      [['c', 0, [1, 2]]],
    ] as unknown as typeof parts)
  })

  test('and never loses, doubles or reorders a record, whatever their sizes', () => {
    const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 12 }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(sizes, (groups) => {
        const batch = groups.map((of, index) =>
          group(
            `p-${index}`,
            of.map((size, at) => record(at + 1, 'ann', 'x'.repeat(size))),
          ),
        )
        const calls = planCalls(batch, LIMITS)
        const back: number[][] = batch.map(() => [])
        for (const call of calls) {
          const records = call.flatMap(({ batch: part }) => ('gap' in part ? [] : part.records))
          expect(records.length).toBeLessThanOrEqual(LIMITS.records)
          const bytes = records.reduce((sum, { event }) => sum + event!.data.length, 0)
          expect(records.length <= 1 || bytes <= LIMITS.bytes).toBe(true)
          for (const { group: at, batch: part } of call) {
            if ('gap' in part) continue
            expect(part.expected).toEqual(checkpoint(back[at]!.at(-1) ?? 0))
            back[at]!.push(...part.records.map(({ offset }) => offset))
          }
        }
        expect(back).toEqual(batch.map(({ records }) => records.map(({ offset }) => offset)))
      }),
    )
  })

  test('a call names everything once', () => {
    const batch = [group('a', [{ ...record(4, null), committedAt: 99 }, deadLetter(5)])]
    const [call] = planCalls(batch, LIMITS)
    const args: (string | number)[] = ['records', 'a', 0, 'print-0', 2, 5, 'print-5']
    args.push('4:print-4\n5:print-5', '', 99)
    const bytes = 'a@4\nevent\nupdated\n\n{"offset":4,"filling":""}\n'
    args.push(eventDigest(bytes), bytes, '', '', '', '')
    expect(callArguments(call!)).toEqual(args)
  })
})

describe('outcomes of the parts', () => {
  const batch = [
    group(
      'a',
      range(8).map((index) => record(index + 1, 'ann')),
    ),
    group('b', []),
  ]
  const calls = planCalls(batch, LIMITS)

  test('add up to one a group', () => {
    const answers = [
      ['appended', 5, '5', 'print-5'],
      ['appended', 3, '8', 'print-8', 'appended', 0, '', ''],
    ]
    expect(outcomesOf(batch, calls, answers)).toEqual([
      appended(8, checkpoint(8)),
      appended(0, null),
    ])
  })

  test('make the group one to rewind where any was refused', () => {
    const refusals = [
      ['rewind', 0, '3', 'print-3'],
      ['rewind', 0, '3', 'print-3', 'rewind', 0, '', ''],
    ]
    expect(outcomesOf(batch, calls, refusals)).toEqual([rewind(checkpoint(3)), rewind(null)])
    const second = [
      ['appended', 5, '5', 'print-5'],
      ['rewind', 0, '6', 'other', 'appended', 0, '', ''],
    ]
    expect(outcomesOf(batch, calls, second)).toEqual([
      rewind({ offset: 6, fingerprint: 'other' }),
      appended(0, null),
    ])
  })
})

test('what could not be read back is not sent', () => {
  const event = (data: string, staffOnly = '') => {
    return { ...checkpoint(1), event: { ...record(1, 'ann').event, data, staffOnly } }
  }
  const broken: PartitionBatch[] = [
    group('a', [event('{\n}')]),
    group('a', [event('{}', '"a":1\n')]),
    group('a\nb', [event('{}')]),
    group('a', [{ ...deadLetter(1), fingerprint: 'x\ny' }]),
  ]
  for (const each of broken) expect(() => checkLines([each])).toThrow(RangeError)
  const customer = { ...record(1, 'two\nlines') }
  expect(() => checkLines([group('a', [customer])])).not.toThrow()
})
