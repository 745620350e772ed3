import { describe, expect, test } from 'bun:test'
import { compareIds } from '../../protocol/cursor'
import { cursorOf, isTagged } from '../entry'
import type { EventEntry, LogEntry } from '../event-log'
import {
  append,
  checkpoint,
  events,
  EVERYTHING,
  expectLinked,
  type LogUnderTest,
  PARTITION,
  range,
  record,
} from './fixtures'

export function chainFeatures(under: () => LogUnderTest): void {
  describe('tags and links', () => {
    test('an empty log holds one open entry of random tag, which is its cursor', async () => {
      const [opening, ...rest] = await under().log.newest(...EVERYTHING)
      expect(rest).toEqual([])
      expect(opening).toMatchObject({ kind: 'open', prevTag: '', note: '' })
      expect(opening?.tag).toMatch(/^[0-9a-f]{8}$/)
      const replay = await under().log.replay({ name: 'admin' }, cursorOf(opening!), 10)
      expect(replay).toEqual({ ok: true, entries: [], reached: cursorOf(opening!) })
    })

    test('every tag follows from the tag before, the source and the bytes', async () => {
      const { log } = under()
      await append(log, null, record(0, 'ann'), record(1, null), record(2, 'bob'))
      await log.note({ kind: 'revoke', note: 'ann' })
      const entries = await log.newest(...EVERYTHING)
      expectLinked(entries)
      const sources = ['', `${PARTITION}@0`, `${PARTITION}@1`, `${PARTITION}@2`, '']
      for (const [index, entry] of entries.entries()) {
        expect(isTagged(entry, sources[index]!)).toBe(true)
        expect(index > 0 && isTagged(entry, 'elsewhere@9')).toBe(false)
      }
    })

    test("an event names the customer's event before it, and the event before it at all", async () => {
      const { log } = under()
      await append(log, null, record(0, 'ann'), record(1, 'bob'), record(2, null))
      await log.note({ kind: 'beat', note: '12' })
      await append(log, checkpoint(2), record(3, 'ann'))
      const [ann, bob, guest, annAgain] = (await events(log)) as [
        EventEntry,
        EventEntry,
        EventEntry,
        EventEntry,
      ]
      expect([ann.prevOfCustomer, ann.prevEvent]).toEqual(['', ''])
      expect([bob.prevOfCustomer, bob.prevEvent]).toEqual(['', cursorOf(ann)])
      expect([guest.prevOfCustomer, guest.prevEvent]).toEqual(['', cursorOf(bob)])
      expect([annAgain.prevOfCustomer, annAgain.prevEvent]).toEqual([
        cursorOf(ann),
        cursorOf(guest),
      ])
    })

    test('retention keeps the newest entry, and nothing is linked to what it removed', async () => {
      const { log, trimTo } = under()
      await append(log, null, record(0, 'ann'), record(1, 'bob'))
      const before = await log.newest(...EVERYTHING)
      await trimTo(0)
      expect(await log.newest(...EVERYTHING)).toEqual(before.slice(-1))
      await append(log, checkpoint(1), record(2, 'ann'), record(3, 'bob'))
      const [, ann, bob] = (await log.newest(...EVERYTHING)) as EventEntry[]
      expect(ann?.prevOfCustomer).toBe('')
      expect(ann?.prevEvent).toBe(cursorOf(before.at(-1)!))
      expect(bob?.prevOfCustomer).toBe(cursorOf(before.at(-1)!))
    })

    test("staff's link is empty too once every event before was removed", async () => {
      const { log, trimTo } = under()
      await append(log, null, record(0, 'ann'))
      await log.note({ kind: 'beat', note: '0' })
      await trimTo(1)
      await append(log, checkpoint(0), record(1, 'ann'))
      expect(await events(log)).toMatchObject([{ prevEvent: '', prevOfCustomer: '' }])
    })

    test('ids only ever grow, also past a trim', async () => {
      const { log, trimTo } = under()
      const seen: LogEntry[] = [...(await log.newest(...EVERYTHING))]
      for (let offset = 0; offset < 5; offset += 1) {
        await append(log, offset ? checkpoint(offset - 1) : null, record(offset, 'ann'))
        seen.push(...(await log.newest(1, 1e9)))
        await trimTo(1)
      }
      for (const [index, entry] of seen.entries()) {
        if (index > 0) expect(compareIds(entry.id, seen[index - 1]!.id)).toBeGreaterThan(0)
      }
    })

    test('newest is bounded by count and by bytes, gapless, and never empty', async () => {
      const { log } = under()
      await append(
        log,
        null,
        ...range(20).map((offset) => record(offset, 'ann', 'x'.repeat(1_000))),
      )
      const all = await log.newest(...EVERYTHING)
      expect(all).toHaveLength(21)
      expect(await log.newest(5, 1e9)).toEqual(all.slice(-5))
      expect(await log.newest(0, 0)).toEqual(all.slice(-1))
      const some = await log.newest(100, 5_500)
      expect(some.length).toBeGreaterThanOrEqual(2)
      expect(some.length).toBeLessThanOrEqual(6)
      expect(some).toEqual(all.slice(-some.length))
    })
  })
}
