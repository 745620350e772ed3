import { describe, expect, test } from 'bun:test'
import type { Checkpoint, RefillSpan, SharedLog } from '../event-log'
import {
  append,
  appended,
  checkpoint,
  deadLetter,
  EVERYTHING,
  kindOrOffset,
  PARTITION,
  range,
  reasonsOf,
  record,
  rewind,
  startTail,
  until,
} from './fixtures'

/** A log that nobody has opened yet, and its limits, which a test may change. */
export interface SharedLogUnderTest {
  readonly log: SharedLog
  readonly limits: { retentionMs: number; retentionMaxEntries: number }
  readonly cleanup: () => Promise<void>
}

const ADMIN = { name: 'admin' } as const
const REFILLING = { code: 'refilling', status: 503, temporary: true }
const NOT_OPEN = { code: 'log_not_open', status: 503, temporary: true }
const SOMEWHERE = '1700000000000-0.deadbeef'

export function openFeatures(under: () => SharedLogUnderTest): void {
  describe('opening', () => {
    test('a log that nobody opened is neither read nor written', async () => {
      const { log } = under()
      expect(await log.state()).toEqual({
        opened: false,
        checkpoints: new Map(),
        refill: new Map(),
      })
      await expectUnreadable(log)
      const writing = [
        append(log, null, record(0, 'ann')),
        append(log, checkpoint(3), record(4, 'ann')),
        log.note({ kind: 'revoke', note: 'ann' }),
        log.beat(0, 0),
      ]
      for (const reason of await reasonsOf(writing)) expect(reason).toMatchObject(NOT_OPEN)
      expect(await log.maintain()).toEqual({ more: false, ceiling: false })
      expect(await log.checkpoints()).toEqual(new Map())
      expect(await log.state()).toMatchObject({ opened: false })
    })

    test('with nothing to refill it serves at once, and whoever opens it again changes nothing', async () => {
      const { log } = under()
      const state = await log.open(new Map())
      expect(state).toEqual({ opened: true, checkpoints: new Map(), refill: new Map() })
      await append(log, null, record(0, 'ann'))
      const before = await log.newest(...EVERYTHING)
      expect(before.map(kindOrOffset)).toEqual(['open', 0])
      const again = await log.open(new Map([[PARTITION, { start: 0, target: 99 }]]))
      expect(again).toEqual({
        opened: true,
        checkpoints: new Map([[PARTITION, checkpoint(0)]]),
        refill: new Map(),
      })
      expect(await log.newest(...EVERYTHING)).toEqual(before)
    })

    test('many open it at once: one does', async () => {
      const { log } = under()
      const refill = new Map([[PARTITION, { start: 5, target: 9 }]])
      const states = await Promise.all(range(8).map(() => log.open(refill)))
      for (const state of states) {
        expect(state).toEqual({ opened: true, checkpoints: new Map(), refill })
      }
      await append(log, null, record(9, 'ann'))
      expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 9])
    })
  })
}

export function refillFeatures(under: () => SharedLogUnderTest): void {
  describe('refilling', () => {
    test('nobody reads until every partition has passed its target', async () => {
      const { log } = under()
      const refill = new Map<string, RefillSpan>([
        ['a-0', { start: 10, target: 12 }],
        ['b-0', { start: 0, target: 0 }],
        ['empty-0', { start: 7, target: 6 }],
      ])
      const opened = await log.open(refill)
      refill.delete('empty-0')
      expect(opened).toEqual({ opened: true, checkpoints: new Map(), refill })
      await expectUnreadable(log)
      await appendTo(log, 'a-0', null, 10, 11)
      await appendTo(log, 'b-0', null, 0)
      expect((await log.state()).refill).toEqual(new Map([['a-0', { start: 10, target: 12 }]]))
      await expectUnreadable(log)
      // A beat or a revocation is neither refused nor an end of it.
      await log.note({ kind: 'revoke', note: 'ann' })
      expect(await log.beat(1_000, 0)).toBe(true)
      await expectUnreadable(log)
      // The target yields no event, and is passed all the same.
      await log.append([
        { partition: 'a-0', expected: checkpoint(11), records: [deadLetter(12)] },
        { partition: 'c-0', expected: null, records: [record(0, 'ann')] },
      ])
      expect((await log.state()).refill).toEqual(new Map())
      expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual([
        'open',
        10,
        11,
        0,
        'revoke',
        'beat',
        0,
      ])
    })

    test('spans that end before their start are nothing to refill', async () => {
      const { log } = under()
      await log.open(new Map([[PARTITION, { start: 1, target: 0 }]]))
      expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open'])
    })

    test('a refused append passes no target, one beyond it does', async () => {
      const { log } = under()
      await log.open(new Map([[PARTITION, { start: 0, target: 5 }]]))
      await append(log, null, record(0, 'ann'))
      expect(await append(log, checkpoint(4), record(5, 'ann'))).toEqual(rewind(checkpoint(0)))
      await expectUnreadable(log)
      expect(await append(log, checkpoint(0), record(8, 'ann'))).toEqual(appended(1, checkpoint(8)))
      expect(await log.newest(1, 1e9)).toHaveLength(1)
    })

    test('a source that was exchanged has no target any more', async () => {
      const { log } = under()
      await log.open(new Map([[PARTITION, { start: 0, target: 5 }]]))
      await append(log, null, record(0, 'ann'))
      const gap = (at: Checkpoint | null) => ({ partition: PARTITION, gap: { checkpoint: at } })
      await log.append([{ ...gap(checkpoint(3)), expected: checkpoint(0) }])
      expect((await log.state()).refill.size).toBe(1)
      await log.append([{ ...gap(null), expected: checkpoint(3) }])
      expect(await log.state()).toEqual({ opened: true, checkpoints: new Map(), refill: new Map() })
      expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0, 'gap', 'gap'])
    })
  })
}

export function beatFeatures(under: () => SharedLogUnderTest): void {
  describe('beats', () => {
    test('are appended where the log was silent for so long, and tell the lag', async () => {
      const { log } = under()
      await log.open(new Map())
      expect(await log.beat(0, 3_600_000)).toBe(false)
      expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open'])
      expect(await log.beat(1_234, 0)).toBe(true)
      expect(await log.newest(1, 1e9)).toMatchObject([{ kind: 'beat', note: '1234' }])
      await until(() => log.beat(7, 20))
      expect(await log.beat(7, 3_600_000)).toBe(false)
      expect(await log.newest(1, 1e9)).toMatchObject([{ kind: 'beat', note: '7' }])
    })
  })
}

export function committedFeatures(under: () => SharedLogUnderTest): void {
  test('an entry tells when its fact was committed, before or (by another clock) after it', async () => {
    const { log } = under()
    await log.open(new Map())
    const now = Date.now()
    const times = [now - 86_400_000, now - 3, now + 5_000, undefined]
    const records = times.map((committedAt, offset) => {
      return committedAt === undefined
        ? record(offset, 'ann')
        : { ...record(offset, 'ann'), committedAt }
    })
    await append(log, null, ...records)
    const entries = await log.newest(4, 1e9)
    const at = entries[0]!.at
    expect(Math.abs(at - now)).toBeLessThan(60_000)
    expect(entries).toMatchObject(
      times.map((committedAt) => ({ at, committedAt: committedAt ?? at })),
    )
  })
}

/** While a log is closed or refills, whoever reads is told to try again. */
async function expectUnreadable(log: SharedLog): Promise<void> {
  const reading = [
    log.newest(10, 1e9),
    log.replay(ADMIN, SOMEWHERE, 10),
    log.replay({ name: 'orders', customer: 'ann' }, SOMEWHERE, 10),
    startTail(log, SOMEWHERE).next(),
  ]
  for (const reason of await reasonsOf(reading)) expect(reason).toMatchObject(REFILLING)
}

async function appendTo(
  log: SharedLog,
  partition: string,
  expected: Checkpoint | null,
  ...at: number[]
): Promise<void> {
  const records = at.map((offset) => record(offset, 'ann'))
  expect(await log.append([{ partition, expected, records }])).toMatchObject([
    { outcome: 'appended' },
  ])
}
