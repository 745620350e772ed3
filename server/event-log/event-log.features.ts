import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compareIds, type Cursor, formatCursor } from '../protocol/cursor'
import { cursorOf, isTagged } from './entry'
import type {
  AppendOutcome,
  Checkpoint,
  EventEntry,
  EventLog,
  LogEntry,
  OrderEvent,
  Replay,
} from './event-log'

/** An empty log to try things on, and what only its implementation can do to it. */
export interface LogUnderTest {
  readonly log: EventLog
  /** Runs retention so that only the newest `entries` stay (at least one does). */
  trimTo(entries: number): Promise<void>
  cleanup(): Promise<void>
}

const PARTITION = 'order.created-0'
const DEADLINE_MS = 5_000
const EVERYTHING = [100_000, 1e9] as const

/** What every event log has to hold, whatever it is kept in. */
export function eventLogFeatures(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name}: behaviour of an event log`, () => {
    let under: LogUnderTest
    let log: EventLog
    beforeEach(async () => {
      under = await open()
      log = under.log
    })
    afterEach(() => under.cleanup())

    appendFeatures(() => log)
    chainFeatures(() => under)
    replayFeatures(() => under, open)
    tailFeatures(() => under)
    propertyFeatures(open)
  })
}

function appendFeatures(log: () => EventLog): void {
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
      await expect(append(log(), null, record(0, 'ann'), record(0, 'ann'))).rejects.toThrow(
        'offset 0',
      )
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

function chainFeatures(under: () => LogUnderTest): void {
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

function replayFeatures(under: () => LogUnderTest, open: () => Promise<LogUnderTest>): void {
  describe('replay', () => {
    const admin = { name: 'admin' } as const
    const of = (customer: string) => ({ name: 'orders', customer }) as const

    /** open, ann 0, bob 1, ann 2, guest 3, ann 4, beat: the cursors of these seven entries. */
    async function fill(log: EventLog): Promise<[...Cursor[]] & { 0: Cursor; length: 7 }> {
      const customers = ['ann', 'bob', 'ann', null, 'ann']
      await append(log, null, ...customers.map((customer, offset) => record(offset, customer)))
      await log.note({ kind: 'beat', note: '3' })
      return (await log.newest(...EVERYTHING)).map(cursorOf) as never
    }

    test("a customer gets its own events after the cursor, in log order, staff everyone's", async () => {
      const { log } = under()
      const cursors = await fill(log)
      const reached = cursors[6]!
      expect(offsets(await log.replay(of('ann'), cursors[0], 10))).toEqual([0, 2, 4])
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
      expect(await log.replay(of('zoe'), cursors[0], 10)).toEqual({
        ok: true,
        entries: [],
        reached: cursors[6]!,
      })
    })

    test('exactly as many events as the limit are replayed, more are too far', async () => {
      const { log } = under()
      const cursors = await fill(log)
      expect(offsets(await log.replay(of('ann'), cursors[0], 3))).toEqual([0, 2, 4])
      expect(await log.replay(of('ann'), cursors[0], 2)).toEqual(refused('too_far'))
      expect(offsets(await log.replay(admin, cursors[0], 5))).toEqual([0, 1, 2, 3, 4])
      expect(await log.replay(admin, cursors[0], 4)).toEqual(refused('too_far'))
      expect(offsets(await log.replay(of('zoe'), cursors[0], 0))).toEqual([])
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

function tailFeatures(under: () => LogUnderTest): void {
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
      await expect(startTail(log, formatCursor(id!, '00000000')).next()).rejects.toMatchObject(lost)
      await expect(startTail(log, '999999999.00000000').next()).rejects.toMatchObject(lost)
      await expect(startTail(log, 'garbage').next()).rejects.toMatchObject(lost)
      await trimTo(1)
      await expect(startTail(log, head).next()).rejects.toMatchObject(lost)
    })
  })
}

/** What a random history is made of. Numbers choose among what exists when the step is taken. */
type Step =
  | { readonly do: 'append'; readonly customers: readonly (string | null)[] }
  | { readonly do: 'together'; readonly customers: readonly (string | null)[] }
  | { readonly do: 'note' }
  | { readonly do: 'gap' }
  | { readonly do: 'trim'; readonly keep: number }
  | { readonly do: 'tail'; readonly from: number }
  | {
      readonly do: 'replay'
      readonly customer: string | null
      readonly from: number
      readonly limit: number
    }

const customerArbitrary = fc.constantFrom('ann', 'bob', 'cid', null)
const customersArbitrary = fc.array(customerArbitrary, { minLength: 1, maxLength: 6 })
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), customers: customersArbitrary }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('together' as const), customers: customersArbitrary }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('note' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('trim' as const),
      keep: fc.integer({ min: 0, max: 20 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tail' as const), from: fc.nat(200) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('replay' as const),
      customer: customerArbitrary,
      from: fc.nat(200),
      limit: fc.integer({ min: 0, max: 20 }),
    }),
  },
)

function propertyFeatures(open: () => Promise<LogUnderTest>): void {
  test('any history: each replay is what a list would answer, and every tail is gapless', async () => {
    const property = fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 25 }),
      async (steps) => {
        const under = await open()
        try {
          await walk(under, steps)
        } finally {
          await under.cleanup()
        }
      },
    )
    await fc.assert(property, { numRuns: 40 })
  }, 60_000)
}

/** Takes the steps on the log and on a plain list of all entries ever, and compares. */
async function walk({ log, trimTo }: LogUnderTest, steps: readonly Step[]): Promise<void> {
  const all: LogEntry[] = [...(await log.newest(...EVERYTHING))]
  const tails: { readonly tail: ReturnType<typeof startTail>; seen: number }[] = []
  let oldest = 0
  let known: Checkpoint | null = null
  let offset = 0

  const learn = async () => {
    const held = await log.newest(...EVERYTHING)
    const newer = held.findIndex(({ id }) => id === all.at(-1)!.id)
    all.push(...held.slice(newer + 1))
  }
  const catchUp = async () => {
    for (const follower of tails) {
      const rest = all.slice(follower.seen)
      expect(await follower.tail.take(rest.length)).toEqual(rest)
      follower.seen = all.length
    }
  }
  for (const step of steps) {
    switch (step.do) {
      case 'append': {
        const records = step.customers.map((customer) => record((offset += 1), customer))
        expect(await append(log, known, ...records)).toMatchObject({ outcome: 'appended' })
        known = checkpoint(offset)
        break
      }
      case 'together':
        await Promise.all(
          step.customers.map((customer, index) =>
            log.append([
              {
                partition: `together-${(offset += 1)}-${index}`,
                expected: null,
                records: [record(offset, customer)],
              },
            ]),
          ),
        )
        break
      case 'note':
        await log.note({ kind: 'beat', note: '0' })
        break
      case 'gap':
        await log.append([{ partition: PARTITION, expected: known, gap: { checkpoint: null } }])
        known = null
        break
      case 'trim':
        // A tail that is behind may lose its position to a trim.
        await catchUp()
        await trimTo(step.keep)
        oldest = Math.max(oldest, all.length - Math.max(1, step.keep))
        break
      case 'tail': {
        const from = oldest + (step.from % (all.length - oldest))
        tails.push({ seen: from + 1, tail: startTail(log, cursorOf(all[from]!)) })
        break
      }
      case 'replay': {
        const from = step.from % all.length
        const { customer, limit } = step
        const channel = customer
          ? ({ name: 'orders', customer } as const)
          : ({ name: 'admin' } as const)
        const answer = await log.replay(channel, cursorOf(all[from]!), limit)
        expect(answer).toEqual(expectedReplay(all, oldest, from, customer, limit))
        break
      }
    }
    await learn()
  }
  expectLinked(all)
  await catchUp()
  for (const { tail } of tails) await tail.stop()
}

function expectedReplay(
  all: readonly LogEntry[],
  oldest: number,
  from: number,
  customer: string | null,
  limit: number,
): Replay {
  if (from < oldest) return { ok: false, reason: 'expired' }
  if (all.findLastIndex(({ kind }) => kind === 'gap') > from) {
    return { ok: false, reason: 'source_gap' }
  }
  const entries = all
    .slice(from + 1)
    .filter((entry) => entry.kind === 'event')
    .filter((entry) => customer === null || entry.event.customer === customer)
  if (entries.length > limit) return { ok: false, reason: 'too_far' }
  return { ok: true, entries, reached: cursorOf(all.at(-1)!) }
}

// What the features are written with.

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function checkpoint(offset: number): Checkpoint {
  return { offset, fingerprint: `print-${offset}` }
}

function dataOf(offset: number, filling = ''): string {
  return JSON.stringify({ offset, filling })
}

function record(offset: number, customer: string | null, filling = '') {
  const event: OrderEvent = {
    name: 'updated',
    customer,
    data: dataOf(offset, filling),
    staffOnly: '',
  }
  return { ...checkpoint(offset), event }
}

function deadLetter(offset: number) {
  return { ...checkpoint(offset), event: null }
}

async function append(
  log: EventLog,
  expected: Checkpoint | null,
  ...records: (Checkpoint & { event: OrderEvent | null })[]
): Promise<AppendOutcome | undefined> {
  return (await log.append([{ partition: PARTITION, expected, records }]))[0]
}

function appended(entries: number, at: Checkpoint | null): AppendOutcome {
  return { outcome: 'appended', entries, checkpoint: at }
}

function rewind(at: Checkpoint | null): AppendOutcome {
  return { outcome: 'rewind', checkpoint: at }
}

function refused(reason: Extract<Replay, { ok: false }>['reason']): Replay {
  return { ok: false, reason }
}

async function events(log: EventLog): Promise<EventEntry[]> {
  return (await log.newest(...EVERYTHING)).filter((entry) => entry.kind === 'event')
}

async function datas(log: EventLog): Promise<string[]> {
  return (await events(log)).map(({ event }) => event.data)
}

async function headOf(log: EventLog): Promise<Cursor> {
  return cursorOf((await log.newest(1, 1e9))[0]!)
}

function kindOrOffset(entry: LogEntry): number | string {
  return entry.kind === 'event' ? Number(JSON.parse(entry.event.data).offset) : entry.kind
}

function offsets(replay: Replay): (number | string)[] | Replay {
  return replay.ok ? replay.entries.map(kindOrOffset) : replay
}

/** Each entry names the tag before it, the event before it, and its customer's event before it. */
function expectLinked(entries: readonly LogEntry[]): void {
  const lastOf = new Map<string, Cursor>()
  let before: LogEntry | undefined
  let lastEvent: Cursor | undefined
  for (const entry of entries) {
    if (before) expect(entry.prevTag).toBe(before.tag)
    if (entry.kind === 'event') {
      if (lastEvent) expect(['', lastEvent]).toContain(entry.prevEvent)
      const { customer } = entry.event
      const last = customer === null ? undefined : lastOf.get(customer)
      if (last) expect(['', last]).toContain(entry.prevOfCustomer)
      lastEvent = cursorOf(entry)
      if (customer !== null) lastOf.set(customer, lastEvent)
    }
    before = entry
  }
}

/** A tail that is read one batch at a time; waiting has a deadline. */
function startTail(log: EventLog, after: Cursor) {
  const abort = new AbortController()
  const iterator = log.tail(after, abort.signal)[Symbol.asyncIterator]()
  // Asked at once, so that the tail runs from now on. Whoever waits for it sees it fail.
  let running: Promise<IteratorResult<readonly LogEntry[]>> | undefined = iterator.next()
  running.catch(() => {})

  const next = async (): Promise<readonly LogEntry[]> => {
    running ??= iterator.next()
    const result = await within(running)
    running = undefined
    if (result.done) throw new Error('the tail ended')
    return result.value
  }
  return {
    next,
    async take(count: number): Promise<LogEntry[]> {
      const entries: LogEntry[] = []
      while (entries.length < count) entries.push(...(await next()))
      return entries
    },
    async stop(): Promise<void> {
      running ??= iterator.next()
      abort.abort()
      const result = await within(running)
      expect(result.done).toBe(true)
    },
  }
}

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${DEADLINE_MS} ms`)), DEADLINE_MS)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
