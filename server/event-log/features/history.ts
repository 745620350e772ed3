import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { cursorOf } from '../entry'
import type { Checkpoint, LogEntry, Replay } from '../event-log'
import {
  append,
  checkpoint,
  EVERYTHING,
  expectLinked,
  type LogUnderTest,
  PARTITION,
  record,
  startTail,
} from './fixtures'

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

export function historyFeatures(open: () => Promise<LogUnderTest>): void {
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
