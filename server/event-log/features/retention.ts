import { describe, expect, test } from 'bun:test'
import { cursorOf } from '../entry'
import type { Checkpoint, SharedLog } from '../event-log'
import {
  append,
  appended,
  checkpoint,
  datas,
  EVERYTHING,
  headOf,
  offsets,
  range,
  record,
  until,
} from './fixtures'
import type { SharedLogUnderTest } from './shared'

const ADMIN = { name: 'admin' } as const
const SOMEWHERE = '1700000000000-0.deadbeef'

export function retentionFeatures(under: () => SharedLogUnderTest): void {
  describe('retention', () => {
    const maintain = async (log: SharedLog) => {
      for (let steps = 1; ; steps += 1) {
        const { more, ceiling } = await log.maintain()
        if (!more) return { steps, ceiling }
      }
    }

    test('by count, exactly, in steps, and it says that it cuts into the time', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      await append(log, null, ...range(3_000).map((offset) => record(offset, `c${offset % 700}`)))
      expect(await maintain(log)).toEqual({ steps: 1, ceiling: false })
      limits.retentionMaxEntries = 10
      const { steps, ceiling } = await maintain(log)
      expect(steps).toBeGreaterThan(2)
      expect(ceiling).toBe(true)
      expect(await datas(log)).toEqual(
        range(10).map((index) => record(2_990 + index, '').event.data),
      )
      limits.retentionMaxEntries = 11
      expect(await maintain(log)).toEqual({ steps: 1, ceiling: false })
    })

    test('by time, and the newest entry stays however old it is', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      await append(log, null, ...range(250).map((offset) => record(offset, 'ann')))
      const head = await headOf(log)
      limits.retentionMs = 5
      await until(async () => {
        await maintain(log)
        return (await log.newest(...EVERYTHING)).length === 1
      })
      expect(await headOf(log)).toBe(head)
      expect(await maintain(log)).toEqual({ steps: 1, ceiling: false })
      limits.retentionMs = 3_600_000
      expect(await append(log, checkpoint(249), record(250, 'ann'))).toEqual(
        appended(1, checkpoint(250)),
      )
      expect(offsets(await log.replay({ name: 'orders', customer: 'ann' }, head, 10))).toEqual([
        250,
      ])
    })

    test('goes on while appending, roughly', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      limits.retentionMaxEntries = 200
      let known: Checkpoint | null = null
      for (let round = 0; round < 20; round += 1) {
        const records = range(100).map((index) => record(round * 100 + index, 'ann'))
        await append(log, known, ...records)
        known = records.at(-1)!
        known = checkpoint(known.offset)
      }
      const { length } = await log.newest(...EVERYTHING)
      expect(length).toBeGreaterThanOrEqual(200)
      expect(length).toBeLessThan(500)
    })

    test('goes on while appending by time too', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      await append(log, null, ...range(400).map((offset) => record(offset, 'ann')))
      limits.retentionMs = 1
      let next = 400
      await until(async () => {
        await append(log, checkpoint(next - 1), record(next, 'ann'))
        next += 1
        return (await log.newest(...EVERYTHING)).length < 200
      })
    })

    test('links nobody to what appending removed', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      await append(log, null, record(0, 'ann'), record(1, 'bob'))
      limits.retentionMaxEntries = 10
      await append(log, checkpoint(1), ...range(400).map((index) => record(2 + index, 'bob')))
      const [oldest] = await log.newest(...EVERYTHING)
      expect(oldest).toMatchObject({ kind: 'event', event: { customer: 'bob' } })
      await append(log, checkpoint(401), record(402, 'ann'))
      expect(await log.newest(1, 1e9)).toMatchObject([{ prevOfCustomer: '' }])
      const ann = { name: 'orders', customer: 'ann' } as const
      expect(offsets(await log.replay(ann, cursorOf(oldest!), 10))).toEqual([402])
    })

    test('a cursor older than all that is held is expired, unless nothing was ever removed', async () => {
      const { log, limits } = under()
      await log.open(new Map())
      await append(log, null, record(0, 'ann'), record(1, 'ann'))
      const [first] = await log.newest(...EVERYTHING)
      expect(await log.replay(ADMIN, SOMEWHERE, 10)).toEqual({ ok: false, reason: 'unknown' })
      limits.retentionMaxEntries = 1
      await maintain(log)
      expect(await log.replay(ADMIN, cursorOf(first!), 10)).toEqual({
        ok: false,
        reason: 'expired',
      })
      expect(await log.replay(ADMIN, SOMEWHERE, 10)).toEqual({ ok: false, reason: 'expired' })
    })
  })
}
