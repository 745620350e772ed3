import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { createLogger } from '../lib/logger'
import { within } from '../testing/within'
import type { FetchedBatch } from './kafka'
import { KAFKA_LIMITS } from './limits'
import { createReading, type Reading } from './partition'

// Pauses of nothing take a while where other programs have the processor.
setDefaultTimeout(30_000)

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
  const given: { readonly batch: FetchedBatch; staleAtEnd: boolean }[] = []
  let current: PromiseWithResolvers<void> | null = null
  return {
    given,
    overlapped: false,
    batch(batch: FetchedBatch): Promise<void> {
      if (current) this.overlapped = true
      current = Promise.withResolvers()
      given.push({ batch, staleAtEnd: false })
      return current.promise
    },
    settle(rejects: boolean): void {
      const last = given.at(-1)
      if (!current || !last) return
      const ending = current
      current = null
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

/** All others are marks of transactions. */
function isRecord(offset: number): boolean {
  return offset % 3 !== 0
}

function fetch(reading: Reading, count: number): void {
  const from = reading.fetchFrom()
  if (from === null) return
  const next = from + count
  const offsets = Array.from({ length: count }, (_, at) => from + at)
  const records = offsets.filter(isRecord).map((offset) => {
    return { offset, timestamp: 0, key: null, value: null, headers: {} }
  })
  if (count > 0)
    reading.add({ records, next, marks: [], end: next, readableEnd: next, bytes: count * 10 })
}

/** Until everything must have been handed over. */
const LATE_MS = 5_000

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
          const offsets = Array.from({ length: batch.next - expected! }, (_, at) => expected! + at)
          expect(batch.records.map(({ offset }) => offset)).toEqual(offsets.filter(isRecord))
          checked++
        }
      }
      const settle = (rejects: boolean) => {
        if (!handler.runs()) return
        handler.settle(rejects)
        const { batch, staleAtEnd } = handler.given.at(-1)!
        if (!staleAtEnd && !rejects) expected = batch.next
      }
      for (const step of steps) {
        if (step.kind === 'fetch') fetch(reading, step.count)
        if (step.kind === 'seek') reading.place((expected = step.offset))
        if (step.kind === 'revoke') reading.place((expected = null))
        if (step.kind === 'settle') settle(step.rejects)
        await turn(step.kind === 'settle' && step.rejects)
        check()
      }
      expect(handler.overlapped).toBe(false)
      const late = performance.now() + LATE_MS
      while (reading.held() > 0 && performance.now() < late) {
        settle(false)
        // The pause after a rejection may not be over yet.
        await new Promise((resolve) => setTimeout(resolve, 0))
        await turn()
        check()
      }
      settle(false)
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
      marks: [],
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
  expect(lengths).toEqual([0, 4, 1, 1])
})

test('control records alone are told, move the position, and wait for what is before them', async () => {
  const handler = createHandler()
  const reading = openReading(handler)
  reading.place(10)
  const skip = (next: number) =>
    reading.add({ records: [], next, marks: [], end: next, readableEnd: next, bytes: 0 })
  skip(13)
  expect(handler.given.at(-1)?.batch).toMatchObject({ records: [], next: 13 })
  expect(reading.position()).toBe(10)
  handler.settle(false)
  await within(reading.idle(), 'the marks')
  expect(reading.position()).toBe(13)
  fetch(reading, 1)
  skip(16)
  expect(reading.position()).toBe(13)
  expect(reading.fetchFrom()).toBe(16)
  handler.settle(false)
  await Bun.sleep(0)
  handler.settle(false)
  await within(reading.idle(), 'the batch')
  expect(reading.position()).toBe(16)
})
