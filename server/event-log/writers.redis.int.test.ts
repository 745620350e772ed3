import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openTestLog } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import type { Checkpoint, EventLog } from './event-log'
import {
  checkpoint,
  deadLetter,
  EVERYTHING,
  expectLinked,
  kindOrOffset,
  range,
  record,
} from './features/fixtures'

const PARTITIONS = ['p-0', 'p-1', 'p-2']
const RECORDS = 30
const WRITERS = 3

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** The records of a partition: every seventh yields no event. */
const SOURCE = range(RECORDS).map((offset) =>
  offset % 7 === 3 ? deadLetter(offset) : record(offset, `c${offset % 4}`),
)
const EVENTS = SOURCE.filter(({ event }) => event !== null).map(({ offset }) => offset)

/** What one writer does next, with the partitions in this order, without waiting in between. */
interface Turn {
  readonly writer: number
  readonly partitions: readonly string[]
  /** Records of each append; several follow on one another before the first is answered. */
  readonly sizes: readonly number[]
}

const turnArbitrary: fc.Arbitrary<Turn> = fc.record({
  writer: fc.nat(WRITERS - 1),
  partitions: fc.shuffledSubarray(PARTITIONS, { minLength: 1 }),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
})

/** A worker that believes that all partitions are its own, with what it knows of them. */
class Writer {
  readonly #known = new Map<string, Checkpoint | null>()

  constructor(private readonly log: EventLog) {}

  async turn({ partitions, sizes }: Omit<Turn, 'writer'>): Promise<void> {
    const appends = sizes.map((size) => {
      const batch = partitions.map((partition) => {
        const expected = this.#known.get(partition) ?? null
        const records = SOURCE.slice((expected?.offset ?? -1) + 1).slice(0, size)
        const last = records.at(-1)
        if (last) this.#known.set(partition, checkpoint(last.offset))
        return { partition, expected, records }
      })
      return this.log.append(batch)
    })
    // The last answer tells how it stands, whatever came before it.
    for (const outcomes of await Promise.all(appends)) {
      for (const [index, { checkpoint: at }] of outcomes.entries()) {
        this.#known.set(partitions[index]!, at)
      }
    }
  }

  async finish(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) {
      await this.turn({ partitions: PARTITIONS, sizes: [RECORDS] })
    }
  }
}

test('whoever writes and however they overlap, each record is in the log once, in its order', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(turnArbitrary, { maxLength: 14 }),
    async (scheduler, turns) => {
      await using first = await openTestLog(redis.url, { callLimits: { records: 4, bytes: 1e6 } })
      const { name, log } = first
      await using second = await openTestLog(redis.url, { name })
      const logs = [log, second.log, log]
      const writers = logs.map((each) => new Writer(each))
      const works = writers.map(async (writer, index) => {
        for (const turn of turns) {
          if (turn.writer !== index) continue
          await scheduler.schedule(Promise.resolve(), `writer ${index}`)
          await writer.turn(turn)
        }
      })
      await scheduler.waitFor(Promise.all(works))
      // One that slept all the time knows nothing of what the others did.
      await new Writer(log).finish()

      const entries = await log.newest(...EVERYTHING)
      expectLinked(entries)
      const sources = entries.filter(({ kind }) => kind === 'event').map(kindOrOffset)
      expect(sources.toSorted((a, b) => Number(a) - Number(b))).toEqual(
        EVENTS.flatMap((offset) => PARTITIONS.map(() => offset)),
      )
      expect(await log.checkpoints()).toEqual(
        new Map(PARTITIONS.map((partition) => [partition, checkpoint(RECORDS - 1)])),
      )
    },
  )
  await fc.assert(property, { numRuns: 40 })
}, 60_000)

test('a writer that was frozen is refused or covered, and never writes what was written since', async () => {
  await using opened = await openTestLog(redis.url)
  const { log } = opened
  const append = (expected: Checkpoint | null, from: number, to: number) =>
    log.append([{ partition: 'p-0', expected, records: SOURCE.slice(from, to) }])
  await append(null, 0, 5)
  // It was about to append 5 to 9 when it froze; another did, and went on.
  await append(checkpoint(4), 5, 20)
  const before = await log.newest(...EVERYTHING)
  expect(await append(checkpoint(4), 5, 10)).toEqual([
    { outcome: 'appended', entries: 0, checkpoint: checkpoint(19) },
  ])
  // What it believed in was replaced by another record meanwhile.
  const other = { offset: 19, fingerprint: 'another' }
  expect(await append(other, 20, 25)).toEqual([{ outcome: 'rewind', checkpoint: checkpoint(19) }])
  expect(await log.newest(...EVERYTHING)).toEqual(before)
})
