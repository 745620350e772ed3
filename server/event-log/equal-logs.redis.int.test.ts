import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openDatabase } from '../lib/database.sqlite'
import { type Cursor, formatCursor, parseCursor } from '../protocol/cursor'
import { openTestLog, rawRedis } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { tempFolder } from '../testing/temp-folder'
import { cursorOf } from './entry'
import type { AppendOutcome, Checkpoint, EventLog, LogEntry, PartitionBatch } from './event-log'
import { openSqliteLog } from './event-log.sqlite'
import { EVERYTHING, reasonOf } from './features/fixtures'
import { defineScripts, logKeys } from './scripts.redis'

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/**
 * One history is taken on both logs, which begin with the same tag: what the script decides, in Lua
 * and a few records a call, is what the pure functions decide for the SQLite log, entry by entry.
 */
test('the Redis log and the SQLite log answer and hold the same, whatever is done to them', async () => {
  const property = fc.asyncProperty(
    fc.array(stepArbitrary, { minLength: 1, maxLength: 20 }),
    async (steps) => {
      await using pair = await openPair()
      for (const step of steps) await take(pair, step)
    },
  )
  await fc.assert(property, { numRuns: 50 })
}, 60_000)

type Step =
  | { readonly do: 'append'; readonly groups: readonly Group[] }
  | { readonly do: 'note'; readonly kind: 'beat' | 'revoke' }
  | { readonly do: 'trim'; readonly keep: number }
  | { readonly do: 'replay'; readonly customer: string | null; readonly from: number }

/** Offsets are relative to the checkpoint that the partition has when the step is taken. */
interface Group {
  readonly partition: string
  readonly expected: 'none' | 'right' | 'other' | number
  readonly gap: number | null | undefined
  readonly from: number
  readonly records: readonly {
    readonly step: number
    readonly other: boolean
    readonly customer: string | null | undefined
  }[]
}

const CUSTOMERS = ['ann', 'bob', 'two\nlines', 'é\u{1F600}'] as const
const rarely = fc.integer({ min: 0, max: 7 }).map((value) => value === 0)

const groupArbitrary: fc.Arbitrary<Group> = fc.record({
  partition: fc.constantFrom('p-0', 'p-1'),
  expected: fc.oneof(
    { weight: 6, arbitrary: fc.constant('right' as const) },
    { weight: 2, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constant('other' as const) },
    { weight: 3, arbitrary: fc.integer({ min: -6, max: 3 }) },
  ),
  gap: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 5 }) },
  ),
  from: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: -6, max: 3 }) },
  ),
  records: fc.array(
    fc.record({
      // 0: out of order.
      step: fc.oneof(
        { weight: 60, arbitrary: fc.constantFrom(1, 1, 2) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      other: rarely,
      customer: fc.constantFrom(...CUSTOMERS, null, undefined),
    }),
    { maxLength: 9 },
  ),
})

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      groups: fc.array(groupArbitrary, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('note' as const),
      kind: fc.constantFrom('beat' as const, 'revoke' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('trim' as const),
      keep: fc.integer({ min: 0, max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('replay' as const),
      customer: fc.constantFrom(...CUSTOMERS, null),
      from: fc.nat(100),
    }),
  },
)

/** A log, and the cursors of all entries that it ever held. */
interface Side {
  readonly log: EventLog
  readonly trimTo: (entries: number) => Promise<void>
  readonly cursors: Cursor[]
}

type Pair = readonly [Side, Side]

async function openPair(): Promise<Pair & AsyncDisposable> {
  const folder = tempFolder()
  const database = openDatabase(folder.path)
  const limits = { retentionMs: 3_600_000, retentionMaxEntries: 100_000 }
  const sqlite = openSqliteLog(database, limits)
  const other = await openTestLog(redis.url, { open: false, callLimits: { records: 3, bytes: 90 } })
  const [opening] = await sqlite.newest(1, 1)
  await openWithTag(other.name, opening!.tag)

  const sqliteSide: Side = {
    log: sqlite,
    cursors: [cursorOf(opening!)],
    async trimTo(entries) {
      limits.retentionMaxEntries = entries
      await sqlite.trim()
      limits.retentionMaxEntries = 100_000
    },
  }
  const redisSide: Side = {
    log: other.log,
    cursors: [cursorOf((await other.log.newest(1, 1))[0]!)],
    async trimTo(entries) {
      other.limits.retentionMaxEntries = entries
      while ((await other.log.maintain()).more);
      other.limits.retentionMaxEntries = 100_000
    },
  }
  const close = async () => {
    await other.log.close()
    sqlite.close()
    database.close()
    folder[Symbol.dispose]()
  }
  return Object.assign([sqliteSide, redisSide] as const, { [Symbol.asyncDispose]: close })
}

async function openWithTag(name: string, tag: string): Promise<void> {
  using raw = rawRedis(redis.url)
  defineScripts(raw)
  await raw.logOpen(logKeys(name), [tag])
}

async function take([sqlite, other]: Pair, step: Step): Promise<void> {
  const both = async <T>(ask: (side: Side) => Promise<T>) => {
    const [a, b] = [await ask(sqlite), await ask(other)]
    expect(b).toEqual(a)
  }
  switch (step.do) {
    case 'append': {
      const batch = batchOf(step.groups, await sqlite.log.checkpoints())
      await both(({ log }) => outcomesOf(log.append(batch)))
      break
    }
    case 'note':
      await both(async (side) => {
        const cursor = await side.log.note({ kind: step.kind, note: 'x\ny' })
        return parseCursor(cursor)?.tag
      })
      break
    case 'trim':
      await both(({ trimTo }) => trimTo(step.keep))
      break
    case 'replay': {
      const { customer } = step
      const channel = customer
        ? ({ name: 'orders', customer } as const)
        : ({ name: 'admin' } as const)
      const from = step.from % sqlite.cursors.length
      await both(async (side) => {
        const replay = await side.log.replay(channel, side.cursors[from]!, 15)
        if (!replay.ok) return replay.reason
        return { reached: indexed(replay.reached, side), entries: comparable(replay.entries, side) }
      })
      break
    }
  }
  await both(({ log }) => log.checkpoints())
  await both(async (side) => {
    const held = await side.log.newest(...EVERYTHING)
    const known = held.findIndex((entry) => cursorOf(entry) === side.cursors.at(-1))
    side.cursors.push(...held.slice(known + 1).map(cursorOf))
    return comparable(held, side)
  })
}

/** An outcome each, or that the batch was thrown out as a whole. */
async function outcomesOf(
  appending: Promise<readonly AppendOutcome[]>,
): Promise<readonly AppendOutcome[] | string> {
  try {
    return await appending
  } catch {
    expect(await reasonOf(appending)).toBeInstanceOf(RangeError)
    return 'out of order'
  }
}

function batchOf(
  groups: readonly Group[],
  checkpoints: ReadonlyMap<string, Checkpoint>,
): PartitionBatch[] {
  return groups.map(({ partition, expected, gap, from, records }) => {
    const stored = checkpoints.get(partition) ?? null
    const base = stored?.offset ?? 10
    const known = expectedOf(expected, stored, base)
    if (gap !== undefined) {
      return {
        partition,
        expected: known,
        gap: { checkpoint: gap === null ? null : at(base + gap) },
      }
    }
    let offset = Math.max(0, base + from) - 1
    return {
      partition,
      expected: known,
      records: records.map(({ step, other, customer }) => ({
        ...at((offset += step)),
        ...(other ? { fingerprint: 'other' } : {}),
        event:
          customer === undefined
            ? null
            : { name: 'updated', customer, data: `{"at":${offset}}`, staffOnly: '"x":1' },
      })),
    }
  })
}

function at(offset: number): Checkpoint {
  return { offset: Math.max(0, offset), fingerprint: `print:${offset}` }
}

function expectedOf(expected: Group['expected'], stored: Checkpoint | null, base: number) {
  if (expected === 'none') return null
  if (expected === 'right') return stored
  return expected === 'other' ? { offset: base, fingerprint: 'other' } : at(base + expected)
}

/** Ids and times differ; which entry is meant does not. */
function comparable(entries: readonly LogEntry[], side: Side): unknown[] {
  return entries.map(({ id, at: _, ...entry }) => {
    const place = indexed(formatCursor(id, entry.tag), side)
    if (entry.kind !== 'event') return { ...entry, place }
    const { committedAt: __, prevOfCustomer, prevEvent, ...event } = entry
    const links = [indexed(prevOfCustomer, side), indexed(prevEvent, side)]
    return { ...event, place, links }
  })
}

function indexed(cursor: Cursor | '', { cursors }: Side): number | '' {
  if (cursor === '') return ''
  const index = cursors.indexOf(cursor)
  expect(index).toBeGreaterThanOrEqual(0)
  return index
}
