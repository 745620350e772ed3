import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { LogEntry } from '../event-log/event-log'
import { partitionName, type KafkaRecord, type TopicPartition } from '../kafka/kafka'
import { createLogger } from '../lib/logger'
import type { Order } from '../protocol/order'
import { orderAt } from '../testing/arbitraries'
import { fingerprintOf } from './fingerprint'
import { proofOf } from './mark'
import { createMirror } from './mirror'
import { ForgetfulLog, type Fault } from './testing/forgetful-log'
import { MemoryKafka } from './testing/memory-kafka'
import { mirrorSettings, ownRecord, TOPICS } from './testing/records'
import { isEvent, until } from './testing/scene'

const PARTITIONS: readonly TopicPartition[] = [
  { topic: TOPICS.created, partition: 0 },
  { topic: TOPICS.updated, partition: 0 },
  { topic: TOPICS.cancelled, partition: 0 },
]

type RecordKind = 'order' | 'poison' | 'tombstone' | 'mark'
type Step =
  | { readonly do: 'produce'; readonly partition: number; readonly kinds: readonly RecordKind[] }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'failSends'; readonly times: number }
  | { readonly do: 'keep' | 'forgetTail' | 'forgetAll' }
  /** Who reads what. A member that is not told goes on with what it had. */
  | { readonly do: 'assign'; readonly readers: readonly number[]; readonly untold: number | null }
  | { readonly do: 'recreate'; readonly partition: number; readonly kinds: readonly RecordKind[] }
  | { readonly do: 'trim'; readonly partition: number; readonly share: number }
  | { readonly do: 'run'; readonly turns: number }

const kinds = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<RecordKind>('order') },
    fc.constant<RecordKind>('poison'),
    fc.constant<RecordKind>('tombstone'),
    { weight: 2, arbitrary: fc.constant<RecordKind>('mark') },
  ),
  { minLength: 1, maxLength: 12 },
)
const partition = fc.nat({ max: PARTITIONS.length - 1 })
const run = fc.record({ do: fc.constant('run' as const), turns: fc.nat({ max: 60 }) })
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('produce' as const), partition, kinds }) },
    { weight: 6, arbitrary: run },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        fault: fc.constantFrom<Fault[]>('before', 'after'),
      }),
    },
    fc.record({ do: fc.constant('failSends' as const), times: fc.integer({ min: 1, max: 3 }) }),
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          ...(['keep', 'keep', 'forgetTail', 'forgetTail', 'forgetAll'] as const),
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('assign' as const),
        readers: fc.array(fc.nat({ max: 1 }), { minLength: 3, maxLength: 3 }),
        untold: fc.option(fc.nat({ max: 1 }), { nil: null }),
      }),
    },
    fc.record({ do: fc.constant('recreate' as const), partition, kinds }),
    fc.record({
      do: fc.constant('trim' as const),
      partition,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  ),
  { minLength: 5, maxLength: 25 },
)

interface Habits {
  readonly fetchSizes: readonly number[]
  readonly delays: readonly number[]
  readonly jumps: boolean
  readonly lookEveryMs: number
  readonly stuckAfterMs?: number
}

const habits: fc.Arbitrary<Habits> = fc.record({
  fetchSizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  delays: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 7 }),
  jumps: fc.boolean(),
  lookEveryMs: fc.constantFrom(1, 30),
})

/** The numbers, again and again. */
function inTurn(numbers: readonly number[]): () => number {
  let at = 0
  return () => numbers[at++ % numbers.length]!
}

/** The world that steps happen to: two mirrors, one log, partitions that live several lives. */
class World implements AsyncDisposable {
  readonly log: ForgetfulLog
  readonly kafka: MemoryKafka
  /** A member may go on with partitions that are not its own. */
  #isUntold = false
  /** How often each partition was made anew. */
  readonly lives = PARTITIONS.map(() => 0)
  /** By `partition/life/offset`. */
  readonly kinds = new Map<string, RecordKind>()
  readonly #mirrors

  constructor({ fetchSizes, delays, jumps, lookEveryMs, stuckAfterMs = 60_000 }: Habits) {
    this.log = new ForgetfulLog(inTurn(delays))
    this.kafka = new MemoryKafka(PARTITIONS, inTurn(fetchSizes), jumps)
    this.#mirrors = [0, 1].map(() =>
      createMirror({
        kafka: this.kafka,
        log: this.log,
        projection: null,
        settings: mirrorSettings(),
        retentionMs: 3_600_000,
        logger: createLogger('silent'),
        pace: { lookEveryMs, retriesMs: [0, 1, 2], goneAfterMs: 0, stuckAfterMs },
      }),
    )
  }

  async start(): Promise<void> {
    for (const mirror of this.#mirrors) mirror.start()
    await until(() => this.kafka.members.length === 2, 'the mirrors')
    this.assign(
      PARTITIONS.map((_, at) => at % 2),
      null,
    )
  }

  records(place: number, kindsOf: readonly RecordKind[], from: number) {
    const life = this.lives[place]!
    return kindsOf.map((kind, at): Omit<KafkaRecord, 'offset'> | null => {
      this.kinds.set(`${place}/${life}/${from + at}`, kind)
      if (kind === 'mark') return null
      const { offset: _, ...record } = ownRecord(orderAt(`${place}/${life}/${from + at}`, 1))
      if (kind === 'order') return record
      const value =
        kind === 'tombstone' ? null : Buffer.from(`poison ${place}/${life}/${from + at}`)
      return { ...record, value }
    })
  }

  /** Everything works from now on; whoever was not told what to read is told. */
  heal(): void {
    this.log.faults.length = 0
    this.kafka.failingSends = 0
    if (this.#isUntold) this.assign([1, 0, 1], null)
  }

  assign(readers: readonly number[], untold: number | null): void {
    this.#isUntold = untold !== null
    for (const [at, member] of this.kafka.members.entries()) {
      if (at === untold) continue
      member.assign(PARTITIONS.filter((_, place) => readers[place] === at))
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'produce': {
        const at = PARTITIONS[step.partition]!
        const from = this.kafka.partition(at).records.length
        this.kafka.produce(at, this.records(step.partition, step.kinds, from))
        break
      }
      case 'recreate':
        this.lives[step.partition]! += 1
        this.kafka.recreate(
          PARTITIONS[step.partition]!,
          this.records(step.partition, step.kinds, 0),
        )
        break
      case 'trim': {
        const at = PARTITIONS[step.partition]!
        this.kafka.trim(at, Math.round(step.share * this.kafka.partition(at).records.length))
        break
      }
      case 'fault':
        this.log.faults.push(step.fault)
        break
      case 'failSends':
        this.kafka.failingSends += step.times
        break
      case 'assign':
        this.assign(step.readers, step.untold)
        break
      case 'run':
        for (let turns = 0; turns < step.turns; turns += 1) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        break
      default:
        await this.log[step.do]()
    }
  }

  /** Everything that can be in the log is, as far as the checkpoints tell. */
  async isThrough(): Promise<boolean> {
    const { opened, checkpoints } = await this.log.state()
    return (
      opened &&
      PARTITIONS.every((at) => {
        const { earliest, records } = this.kafka.partition(at)
        const checkpoint = checkpoints.get(partitionName(at))
        if (earliest === records.length && !checkpoint) return true
        const proof = proofOf(checkpoint ?? null)
        const newest = records.findLast((record) => record !== null)
        const isSame =
          !proof || (newest?.offset === proof.offset && fingerprintOf(newest) === proof.fingerprint)
        return checkpoint?.offset === records.length - 1 && isSame
      })
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#mirrors.map((mirror) => mirror.stop()))
    this.log[Symbol.dispose]()
  }
}

/** Of one partition, in log order: `life/offset` of each event, and gaps. */
function storyOf(entries: readonly LogEntry[], place: number): readonly string[] {
  const name = partitionName(PARTITIONS[place]!)
  return entries.flatMap((entry) => {
    if (entry.kind === 'gap' && entry.note === name) return ['gap']
    if (!isEvent(entry)) return []
    const [at, life, offset] = (JSON.parse(entry.event.data) as Order).orderId.split('/')
    return Number(at) === place ? [`${life}/${offset}`] : []
  })
}

/**
 * No record twice; nothing is left out or exchanged between two records without a gap; and no gap
 * where nothing is.
 */
function expectHonest(story: readonly string[], kindOf: (one: string) => RecordKind | undefined) {
  const events = story.filter((one) => one !== 'gap')
  expect(new Set(events).size).toBe(events.length)
  for (const [at, one] of story.entries()) {
    const before = story.slice(0, at).findLast((other) => other !== 'gap')
    if (one === 'gap' || !before) continue
    const [life, offset] = one.split('/').map(Number) as [number, number]
    const [lifeBefore, offsetBefore] = before.split('/').map(Number) as [number, number]
    const isTold = story[at - 1] === 'gap'
    if (life !== lifeBefore) {
      expect(isTold).toBe(true)
      continue
    }
    expect(offset).toBeGreaterThan(offsetBefore)
    const between = Array.from({ length: offset - offsetBefore - 1 }, (_, left) =>
      kindOf(`${life}/${offsetBefore + 1 + left}`),
    )
    if (isTold) expect(between.some((kind) => kind !== 'mark')).toBe(true)
    else expect(between).not.toContain('order')
  }
}

/** What is left of each partition is in the log, in order; what was poison is a letter. */
async function expectWhole(world: World): Promise<void> {
  const entries = await world.log.entries()
  const letters = new Set(world.kafka.letters.map(({ value }) => String(value)))
  for (const [place, at] of PARTITIONS.entries()) {
    const kindOf = (one: string) => world.kinds.get(`${place}/${one}`)
    const story = storyOf(entries, place)
    expectHonest(story, kindOf)
    const { earliest, records } = world.kafka.partition(at)
    const kept = records.slice(earliest).map((_, at) => `${world.lives[place]}/${earliest + at}`)
    const orders = kept.filter((one) => kindOf(one) === 'order')
    expect(story.filter((one) => kept.includes(one))).toEqual(orders)
    const poison = kept.filter((one) => kindOf(one) === 'poison')
    for (const one of poison) expect(letters).toContain(`poison ${place}/${one}`)
  }
}

test('whatever fails, moves, is exchanged or forgotten: each record once, or a gap', async () => {
  await fc.assert(
    fc.asyncProperty(steps, habits, async (todo, how) => {
      await using world = new World(how)
      await world.start()
      for (const step of todo) await world.take(step)
      world.heal()
      await until(() => world.isThrough(), 'all of it', 8_000)
      await expectWhole(world)
    }),
    { numRuns: 60, endOnFailure: true },
  )
}, 120_000)

test.each([true, false])(
  'records that are trimmed before they are read: a gap (jumping: %p)',
  async (jumps) => {
    // Looks so seldom that only what is fetched can show it.
    await using world = new World({ fetchSizes: [2], delays: [0], jumps, lookEveryMs: 60_000 })
    await world.start()
    await world.take({ do: 'produce', partition: 0, kinds: ['order', 'order'] })
    await until(() => world.isThrough(), 'the first records')
    await world.take({ do: 'produce', partition: 0, kinds: ['order', 'order', 'order', 'order'] })
    await world.take({ do: 'trim', partition: 0, share: 0.7 })
    await until(() => world.isThrough(), 'the others')
    await expectWhole(world)
    const story = storyOf(await world.log.entries(), 0)
    expect(story).toEqual(['0/0', '0/1', 'gap', '0/4', '0/5'])
  },
)

test('what another worker read meanwhile is not lost, though the log forgot it and it is trimmed', async () => {
  await using world = new World({ fetchSizes: [9], delays: [0], jumps: false, lookEveryMs: 60_000 })
  await world.start()
  // The first mirror is about to read a partition, which goes to the other one.
  await world.take({ do: 'run', turns: 50 })
  await world.take({ do: 'assign', readers: [1, 1, 0], untold: null })
  await world.take({ do: 'produce', partition: 0, kinds: ['order', 'order', 'order', 'order'] })
  await until(() => world.isThrough(), 'the records')
  await world.take({ do: 'assign', readers: [1, 1, 1], untold: null })
  await world.take({ do: 'forgetAll' })
  await world.take({ do: 'trim', partition: 0, share: 0.5 })
  await world.take({ do: 'assign', readers: [0, 0, 0], untold: null })
  await until(() => world.isThrough(), 'the refill')
  expect(storyOf(await world.log.entries(), 0)).toEqual(['0/2', '0/3'])
})

test.each([
  ['where it was placed', 50],
  ['while its place is looked for', 0],
])('a partition that nobody fetches by some defect, %s, is begun anew', async (_when, turns) => {
  const habits = { fetchSizes: [9], delays: [0], jumps: false, lookEveryMs: 1, stuckAfterMs: 50 }
  await using world = new World(habits)
  await world.start()
  await world.take({ do: 'run', turns })
  for (const member of world.kafka.members) member.stick(PARTITIONS[0]!)
  await world.take({ do: 'produce', partition: 0, kinds: ['order', 'order'] })
  await until(() => world.isThrough(), 'the records')
  await expectWhole(world)
})
