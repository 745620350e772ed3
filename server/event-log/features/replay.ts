import { describe, expect, test } from 'bun:test'
import { type Cursor, formatCursor } from '../../protocol/cursor'
import { cursorOf } from '../entry'
import type { EventLog } from '../event-log'
import {
  append,
  appended,
  checkpoint,
  EVERYTHING,
  expectLinked,
  type LogUnderTest,
  offsets,
  PARTITION,
  record,
  refused,
  rewind,
} from './fixtures'

export function replayFeatures(under: () => LogUnderTest, open: () => Promise<LogUnderTest>): void {
  describe('replay', () => {
    const admin = { name: 'admin' } as const
    const of = (customer: string) => ({ name: 'orders', customer }) as const

    /** open, ann 0, bob 1, ann 2, guest 3, ann 4, beat: the cursors of these seven entries. */
    async function fill(log: EventLog): Promise<Cursor[]> {
      const customers = ['ann', 'bob', 'ann', null, 'ann']
      await append(log, null, ...customers.map((customer, offset) => record(offset, customer)))
      await log.note({ kind: 'beat', note: '3' })
      return (await log.newest(...EVERYTHING)).map(cursorOf)
    }

    test("a customer gets its own events after the cursor, in log order, staff everyone's", async () => {
      const { log } = under()
      const cursors = await fill(log)
      const reached = cursors[6]!
      expect(offsets(await log.replay(of('ann'), cursors[0]!, 10))).toEqual([0, 2, 4])
      expect(offsets(await log.replay(of('ann'), cursors[1]!, 10))).toEqual([2, 4])
      expect(offsets(await log.replay(of('ann'), cursors[2]!, 10))).toEqual([2, 4])
      expect(offsets(await log.replay(of('bob'), cursors[2]!, 10))).toEqual([])
      expect(offsets(await log.replay(admin, cursors[1]!, 10))).toEqual([1, 2, 3, 4])
      expect(await log.replay(of('ann'), cursors[5]!, 10)).toEqual({
        ok: true,
        entries: [],
        reached,
      })
      expect(await log.replay(admin, reached, 10)).toEqual({ ok: true, entries: [], reached })
    })

    test('a customer without any event is told so, as of the newest entry', async () => {
      const { log } = under()
      const cursors = await fill(log)
      expect(await log.replay(of('zoe'), cursors[0]!, 10)).toEqual({
        ok: true,
        entries: [],
        reached: cursors[6]!,
      })
    })

    test('exactly as many events as the limit are replayed, more are too far', async () => {
      const { log } = under()
      const cursors = await fill(log)
      expect(offsets(await log.replay(of('ann'), cursors[0]!, 3))).toEqual([0, 2, 4])
      expect(await log.replay(of('ann'), cursors[0]!, 2)).toEqual(refused('too_far'))
      expect(offsets(await log.replay(admin, cursors[0]!, 5))).toEqual([0, 1, 2, 3, 4])
      expect(await log.replay(admin, cursors[0]!, 4)).toEqual(refused('too_far'))
      expect(offsets(await log.replay(of('zoe'), cursors[0]!, 0))).toEqual([])
    })

    test('older than the oldest entry held is expired, for whomever', async () => {
      const { log, trimTo } = under()
      const cursors = await fill(log)
      await trimTo(4)
      for (const channel of [admin, of('ann'), of('bob'), of('zoe')]) {
        expect(await log.replay(channel, cursors[2]!, 10)).toEqual(refused('expired'))
      }
      expect(offsets(await log.replay(of('ann'), cursors[3]!, 10))).toEqual([4])
      expect(offsets(await log.replay(of('bob'), cursors[3]!, 10))).toEqual([])
      expect(offsets(await log.replay(admin, cursors[3]!, 10))).toEqual([3, 4])
    })

    test('a cursor is accepted only with the tag of its entry', async () => {
      const { log } = under()
      const cursors = await fill(log)
      const [id] = cursors[3]!.split('.')
      const [, otherTag] = cursors[4]!.split('.')
      expect(await log.replay(of('ann'), formatCursor(id!, otherTag!), 10)).toEqual(
        refused('unknown'),
      )
      expect(await log.replay(admin, formatCursor(id!, '00000000'), 10)).toEqual(refused('unknown'))
    })

    test('beyond the end, of no form or out of range: unknown', async () => {
      const { log } = under()
      await fill(log)
      const cursors = [
        '9999999999999999.deadbeef',
        '',
        '5',
        '5.',
        '.deadbeef',
        '-1.deadbeef',
        '5.DEADBEEF',
        '5.deadbeef ',
        '0x5.deadbeef',
        '1e3.deadbeef',
        '$',
        '+',
        '5-5-5.deadbeef',
        "5.deadbeef' OR 1=1 --",
      ]
      for (const cursor of cursors) {
        expect(await log.replay(admin, cursor, 10)).toEqual(refused('unknown'))
      }
    })

    test("another log's cursor is unknown here", async () => {
      const { log } = under()
      const other = await open()
      try {
        const cursors = await fill(log)
        const foreign = await fill(other.log)
        for (const index of [0, 1, 3, 6]) {
          expect(foreign[index]).not.toBe(cursors[index]!)
          expect(await log.replay(admin, foreign[index]!, 10)).toMatchObject({ ok: false })
        }
      } finally {
        await other.cleanup()
      }
    })

    test('a gap is logged, resets its checkpoint and makes earlier cursors false', async () => {
      const { log } = under()
      const cursors = await fill(log)
      const gap = { partition: PARTITION, gap: { checkpoint: null } }
      expect(await log.append([{ ...gap, expected: checkpoint(2) }])).toEqual([
        rewind(checkpoint(4)),
      ])
      expect(await log.append([{ ...gap, expected: null }])).toEqual([rewind(checkpoint(4))])
      expect(await log.newest(1, 1e9)).not.toMatchObject([{ kind: 'gap' }])
      expect(await log.append([{ ...gap, expected: checkpoint(4) }])).toEqual([appended(1, null)])
      expect(await log.checkpoints()).toEqual(new Map())
      const newest = await log.newest(1, 1e9)
      expect(newest).toMatchObject([{ kind: 'gap', note: PARTITION }])
      const atGap = cursorOf(newest[0]!)
      await append(log, null, record(0, 'ann'))
      for (const cursor of cursors) {
        expect(await log.replay(of('ann'), cursor, 10)).toEqual(refused('source_gap'))
        expect(await log.replay(admin, cursor, 10)).toEqual(refused('source_gap'))
      }
      expect(offsets(await log.replay(of('ann'), atGap, 10))).toEqual([0])
      expectLinked(await log.newest(...EVERYTHING))
    })

    test('a gap can set a checkpoint, and stops mattering once it is trimmed', async () => {
      const { log, trimTo } = under()
      const gap = { checkpoint: { offset: 90, fingerprint: 'later' } }
      expect(await log.append([{ partition: PARTITION, expected: null, gap }])).toEqual([
        appended(1, gap.checkpoint),
      ])
      expect(await log.checkpoints()).toEqual(new Map([[PARTITION, gap.checkpoint]]))
      await append(log, gap.checkpoint, record(91, 'ann'), record(92, 'ann'))
      await trimTo(2)
      const [first] = await log.newest(...EVERYTHING)
      expect(offsets(await log.replay(of('ann'), cursorOf(first!), 10))).toEqual([92])
    })
  })
}
