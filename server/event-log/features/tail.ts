import { describe, expect, test } from 'bun:test'
import { formatCursor } from '../../protocol/cursor'
import { cursorOf } from '../entry'
import {
  append,
  checkpoint,
  deadLetter,
  EVERYTHING,
  expectLinked,
  headOf,
  kindOrOffset,
  type LogUnderTest,
  range,
  reasonOf,
  record,
  startTail,
} from './fixtures'

export function tailFeatures(under: () => LogUnderTest): void {
  describe('tail', () => {
    test('from the head: what one append made durable arrives as one batch', async () => {
      const { log } = under()
      const tail = startTail(log, await headOf(log))
      await append(log, null, record(0, 'ann'), record(1, 'bob'))
      expect((await tail.next()).map(kindOrOffset)).toEqual([0, 1])
      const revoke = await log.note({ kind: 'revoke', note: 'bob' })
      const batch = await tail.next()
      expect(batch).toMatchObject([{ kind: 'revoke', note: 'bob' }])
      expect(cursorOf(batch[0]!)).toBe(revoke)
      await append(log, checkpoint(1), deadLetter(2))
      await append(log, checkpoint(2), record(3, 'ann'))
      expect((await tail.next()).map(kindOrOffset)).toEqual([3])
      await tail.stop()
    })

    test('from an older position: everything after it, once, then what comes', async () => {
      const { log } = under()
      await append(log, null, ...range(700).map((offset) => record(offset, 'ann')))
      const all = await log.newest(...EVERYTHING)
      const tail = startTail(log, cursorOf(all[100]!))
      await append(log, checkpoint(699), record(700, 'ann'))
      const got = await tail.take(601)
      expect(got.map(kindOrOffset)).toEqual(range(601).map((index) => index + 100))
      expectLinked(got)
      await tail.stop()
    })

    test('tails do not disturb each other, and one that stops takes nobody along', async () => {
      const { log } = under()
      const head = await headOf(log)
      const tails = [startTail(log, head), startTail(log, head), startTail(log, head)]
      await append(log, null, record(0, 'ann'))
      for (const tail of tails) expect((await tail.next()).map(kindOrOffset)).toEqual([0])
      await tails[1]!.stop()
      await append(log, checkpoint(0), record(1, 'ann'))
      for (const tail of [tails[0]!, tails[2]!]) {
        expect((await tail.next()).map(kindOrOffset)).toEqual([1])
        await tail.stop()
      }
    })

    test('an aborted signal ends it, also before it began', async () => {
      const { log } = under()
      const waiting = startTail(log, await headOf(log))
      await waiting.stop()
      for await (const batch of log.tail(await headOf(log), AbortSignal.abort())) {
        expect(batch).toEqual([])
      }
    })

    test('a position that the log does not hold is lost', async () => {
      const { log, trimTo } = under()
      const head = await headOf(log)
      await append(log, null, record(0, 'ann'), record(1, 'ann'))
      const [id] = (await headOf(log)).split('.')
      const lost = { code: 'position_lost' }
      expect(await reasonOf(startTail(log, formatCursor(id!, '00000000')).next())).toMatchObject(
        lost,
      )
      expect(await reasonOf(startTail(log, '999999999.00000000').next())).toMatchObject(lost)
      expect(await reasonOf(startTail(log, 'garbage').next())).toMatchObject(lost)
      await trimTo(1)
      expect(await reasonOf(startTail(log, head).next())).toMatchObject(lost)
    })
  })
}
