import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Pace } from './pace'

const MAX_BYTES = 1_000

/** Publishes all sizes one after the other and answers the bytes of each turn of the event loop. */
async function bytesOfTurns(sizes: readonly number[]): Promise<number[][]> {
  const pace = new Pace(MAX_BYTES)
  const turns: number[][] = []
  let running: number[] | null = null
  for (const size of sizes) {
    await pace.turnFor(size)
    if (!running) {
      running = []
      turns.push(running)
      setImmediate(() => (running = null))
    }
    running.push(size)
    pace.published(size)
  }
  return turns
}

test('one turn of the event loop publishes no more than it may, unless it is a single entry', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 40 }),
      async (sizes) => {
        const turns = await bytesOfTurns(sizes)
        expect(turns.flat()).toEqual(sizes)
        for (const turn of turns) {
          const bytes = turn.reduce((sum, size) => sum + size, 0)
          expect(bytes <= MAX_BYTES || turn.length === 1).toBe(true)
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('what fits shares a turn', async () => {
  expect(await bytesOfTurns([400, 400, 200, 1])).toEqual([[400, 400, 200], [1]])
})

test('a turn that was costly is followed by a rest, in which entries gather', async () => {
  const pace = new Pace(MAX_BYTES)
  expect(pace.turnFor(1)).toBeNull()
  pace.published(1)
  const until = performance.now() + 5
  while (performance.now() < until);
  await new Promise((resolve) => setImmediate(resolve))
  const rest = pace.turnFor(1)
  expect(rest).toBeInstanceOf(Promise)
  await rest
})
