import { describe, expect, test } from 'bun:test'
import type { EventLog, OrderEvent } from '../event-log'
import {
  append,
  appended,
  checkpoint,
  dataOf,
  datas,
  deadLetter,
  events,
  PARTITION,
  reasonOf,
  record,
  rewind,
} from './fixtures'

export function appendFeatures(log: () => EventLog): void {
  describe('compare-and-append', () => {
    test('the first records of a partition are appended and move its checkpoint', async () => {
      expect(await append(log(), null, record(0, 'ann'), record(1, 'bob'))).toEqual(
        appended(2, checkpoint(1)),
      )
      expect(await log().checkpoints()).toEqual(new Map([[PARTITION, checkpoint(1)]]))
      expect(await datas(log())).toEqual([dataOf(0), dataOf(1)])
    })

    test('records after the expected checkpoint are appended', async () => {
      await append(log(), null, record(0, 'ann'))
      expect(await append(log(), checkpoint(0), record(1, 'ann'))).toEqual(
        appended(1, checkpoint(1)),
      )
      expect(await datas(log())).toEqual([dataOf(0), dataOf(1)])
    })

    test('what the checkpoint covers already is skipped', async () => {
      await append(log(), null, record(0, 'ann'), record(1, 'ann'))
      const again = await append(log(), null, record(0, 'ann'), record(1, 'ann'), record(2, 'ann'))
      expect(again).toEqual(appended(1, checkpoint(2)))
      const redelivered = await append(log(), checkpoint(0), record(1, 'ann'), record(2, 'ann'))
      expect(redelivered).toEqual(appended(0, checkpoint(2)))
      expect(await datas(log())).toEqual([dataOf(0), dataOf(1), dataOf(2)])
    })

    test('a log that forgot its tail is not appended to: the caller rewinds', async () => {
      await append(log(), null, record(0, 'ann'))
      expect(await append(log(), checkpoint(5), record(6, 'ann'))).toEqual(rewind(checkpoint(0)))
      expect(await datas(log())).toEqual([dataOf(0)])
      expect(await log().checkpoints()).toEqual(new Map([[PARTITION, checkpoint(0)]]))
    })

    test('a log that forgot everything is not appended to: the caller reads from the start', async () => {
      expect(await append(log(), checkpoint(5), record(6, 'ann'))).toEqual(rewind(null))
      expect(await log().checkpoints()).toEqual(new Map())
    })

    test('another record at the checkpoint makes the caller rewind', async () => {
      await append(log(), null, record(0, 'ann'), record(1, 'ann'))
      const other = { offset: 1, fingerprint: 'another' }
      expect(await append(log(), other, record(2, 'ann'))).toEqual(rewind(checkpoint(1)))
      const batch = { ...record(1, 'ann'), fingerprint: 'another' }
      expect(await append(log(), checkpoint(0), batch, record(2, 'ann'))).toEqual(
        rewind(checkpoint(1)),
      )
      expect(await datas(log())).toEqual([dataOf(0), dataOf(1)])
    })

    test('records without an event move the checkpoint and log nothing', async () => {
      expect(await append(log(), null, record(0, 'ann'), deadLetter(1))).toEqual(
        appended(1, checkpoint(1)),
      )
      expect(await append(log(), checkpoint(1), deadLetter(7))).toEqual(appended(0, checkpoint(7)))
      expect(await datas(log())).toEqual([dataOf(0)])
    })

    test('partitions are decided one by one, and answered in order', async () => {
      await append(log(), null, record(0, 'ann'))
      const outcomes = await log().append([
        { partition: 'a-0', expected: null, records: [record(10, 'bob')] },
        { partition: PARTITION, expected: checkpoint(3), records: [record(4, 'bob')] },
        { partition: 'b-0', expected: null, records: [deadLetter(20)] },
      ])
      expect(outcomes).toEqual([
        appended(1, checkpoint(10)),
        rewind(checkpoint(0)),
        appended(0, checkpoint(20)),
      ])
      expect(await datas(log())).toEqual([dataOf(0), dataOf(10)])
    })

    test('nobody appends half of a batch that is out of order', async () => {
      expect(
        await reasonOf(append(log(), null, record(0, 'ann'), record(0, 'ann'))),
      ).toBeInstanceOf(RangeError)
      expect(await datas(log())).toEqual([])
      expect(await log().checkpoints()).toEqual(new Map())
    })

    test('an event comes back as it was appended', async () => {
      const event: OrderEvent = {
        name: 'cancelled',
        customer: 'o\'Brien \u{1F600} "x"',
        data: '{"note":"\u2028 naïve \\n"}',
        staffOnly: '"fraudScore":7',
      }
      const guest: OrderEvent = { name: 'updated', customer: null, data: '{}', staffOnly: '' }
      await append(log(), null, { ...checkpoint(0), event }, { ...checkpoint(1), event: guest })
      expect((await events(log())).map((entry) => entry.event)).toEqual([event, guest])
    })
  })
}
