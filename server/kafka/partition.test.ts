import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createLogger } from '../lib/logger'
import { within } from '../testing/within'
import type { FetchedBatch } from './kafka'
import { KAFKA_LIMITS } from './limits'
import { createReading, type Reading } from './partition'

type Step =
  | { readonly kind: 'fetch'; readonly count: number }
  | { readonly kind: 'seek'; readonly offset: number }
  | { readonly kind: 'settle'; readonly rejects: boolean }
  | { readonly kind: 'revoke' }

const STEPS = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant('fetch'), count: fc.nat(5) }),
    fc.record({ kind: fc.constant('seek'), offset: fc.nat(50) }),
    fc.record({ kind: fc.constant('settle'), rejects: fc.boolean() }),
    fc.constant({ kind: 'revoke' }),
  ),
  { maxLength: 40 },
)

/** A handler whose batches end when they are told to, and what it was given. */
function createHandler() {
  const given: { readonly batch: FetchedBatch; rejected: boolean; staleAtEnd: boolean }[] = []
  let current: PromiseWithResolvers<void> | null = null
  return {
    given,
    overlapped: false,
    batch(batch: FetchedBatch): Promise<void> {
      if (current) this.overlapped = true
      current = Promise.withResolvers()
      given.push({ batch, rejected: false, staleAtEnd: false })
      return current.promise
    },
    settle(rejects: boolean): void {
      const last = given.at(-1)
      if (!current || !last) return
      const ending = current
      current = null
      last.rejected = rejects
      last.staleAtEnd = last.batch.isStale()
      if (rejects) ending.reject(new Error('rejected'))
      else ending.resolve()
    },
    runs: () => current !== null,
  }
}

function openReading(handler: ReturnType<typeof createHandler>): Reading {
  return createReading(
    { topic: 't', partition: 0 },
    {
      handler,
      limits: { ...KAFKA_LIMITS, backoffMs: [0, 0] },
      logger: createLogger('silent'),
      stopped: new AbortController().signal,
      checkLease: () => {},
      onRoom: () => {},
    },
  )
}

function fetch(reading: Reading, count: number): void {
  const from = reading.fetchFrom()
  if (from === null) return
  const next = from + count
  const records = Array.from({ length: count }, (_, at) => {
    return { offset: from + at, timestamp: 0, key: null, value: null, headers: {} }
  })
  reading.add({ records, next, end: next, readableEnd: next, bytes: count * 10 })
}

test('whatever happens, batches never overlap and each place is gone on from without a hole', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const handler = createHandler()
      const reading = openReading(handler)
      /** The offset that the next batch must begin with; null where there can be none. */
      let expected: number | null = null
      let checked = 0
      /** Until all that follows has happened; after a rejection a pause of 0 ms is a part of it. */
      const turn = async (pauses = false) => {
        if (pauses) await Bun.sleep(2)
        for (let left = 20; left > 0; left--) await Promise.resolve()
      }
      const check = () => {
        for (const { batch } of handler.given.slice(checked)) {
          expect(batch.records[0]!.offset).toBe(expected!)
          checked++
        }
      }
      for (const step of steps) {
        if (step.kind === 'fetch') fetch(reading, step.count)
        if (step.kind === 'seek') reading.place((expected = step.offset))
        if (step.kind === 'revoke') reading.place((expected = null))
        if (step.kind === 'settle' && handler.runs()) {
          handler.settle(step.rejects)
          const { batch, rejected, staleAtEnd } = handler.given.at(-1)!
          if (!staleAtEnd && !rejected) expected = batch.records.at(-1)!.offset + 1
        }
        await turn(step.kind === 'settle' && step.rejects)
        check()
      }
      expect(handler.overlapped).toBe(false)
      for (let left = 100; reading.held() > 0 && left > 0; left--) {
        handler.settle(false)
        const ended = handler.given.at(-1)
        if (ended && !ended.staleAtEnd) expected = ended.batch.records.at(-1)!.offset + 1
        await turn()
        check()
      }
      handler.settle(false)
      await within(reading.idle(), 'the last batch')
      if (reading.fetchFrom() !== null) expect(reading.position()).toBe(reading.fetchFrom())
      expect(reading.held()).toBe(0)
    }),
    { numRuns: 150 },
  )
})

test('what waits is handed over together, up to the bound', async () => {
  const handler = createHandler()
  const reading = openReading(handler)
  reading.place(0)
  for (const count of [1, 2, 3]) fetch(reading, count)
  const big = Array.from({ length: 2 }, () => KAFKA_LIMITS.batchBytes)
  for (const bytes of big) {
    const offset = reading.fetchFrom()!
    const record = { offset, timestamp: 0, key: null, value: null, headers: {} }
    reading.add({
      records: [record],
      next: offset + 1,
      end: offset + 1,
      readableEnd: offset + 1,
      bytes,
    })
  }
  const lengths: number[] = []
  while (reading.held() > 0) {
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (handler.runs()) lengths.push(handler.given.at(-1)!.batch.records.length)
    handler.settle(false)
  }
  expect(lengths).toEqual([1, 5, 1, 1])
})

test('control records alone move the position, and wait for what is before them', async () => {
  const handler = createHandler()
  const reading = openReading(handler)
  reading.place(10)
  const skip = (next: number) =>
    reading.add({ records: [], next, end: next, readableEnd: next, bytes: 0 })
  skip(12)
  expect(reading.position()).toBe(12)
  fetch(reading, 1)
  skip(15)
  expect(reading.position()).toBe(12)
  expect(reading.fetchFrom()).toBe(15)
  handler.settle(false)
  await within(reading.idle(), 'the batch')
  expect(reading.position()).toBe(15)
})
