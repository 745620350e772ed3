import { expect, test } from 'bun:test'
import type { AppendOutcome, PartitionBatch, RecordsBatch } from '../event-log/event-log'
import { createAppender } from './appender'

interface Call {
  readonly partitions: readonly string[]
  answer(): void
  fail(error: Error): void
}

/** A log that answers when it is told to. */
function slowLog() {
  const calls: Call[] = []
  const append = (batch: readonly PartitionBatch[]) =>
    new Promise<readonly AppendOutcome[]>((resolve, reject) => {
      const outcomes = batch.map((one): AppendOutcome => {
        const newest = (one as RecordsBatch).records.at(-1)!
        return { outcome: 'appended', entries: 1, checkpoint: newest }
      })
      const partitions = batch.map(({ partition }) => partition)
      calls.push({ partitions, answer: () => resolve(outcomes), fail: reject })
    })
  return { append, calls }
}

function batchOf(partition: string, offset = 0): RecordsBatch {
  const records = [{ offset, fingerprint: 'x', event: null }]
  return { partition, expected: null, records }
}

const LIMITS = { maxBytes: 100, callBytes: 50, calls: 2 }
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what comes in one turn goes out in one call, in its order, and each gets its outcome', async () => {
  const log = slowLog()
  const appender = createAppender(log, LIMITS)
  const outcomes = Promise.all([
    appender.append(batchOf('a', 1), 10),
    appender.append(batchOf('b', 2), 10),
    appender.append(batchOf('a', 3), 10),
  ])
  await turn()
  expect(log.calls.map(({ partitions }) => partitions)).toEqual([['a', 'b', 'a']])
  log.calls[0]!.answer()
  expect((await outcomes).map(({ checkpoint }) => checkpoint?.offset)).toEqual([1, 2, 3])
})

test('calls are bounded in bytes and number; the rest gathers', async () => {
  const log = slowLog()
  const appender = createAppender(log, LIMITS)
  const partitions = ['a', 'b', 'c', 'd', 'e']
  const outcomes = Promise.all(partitions.map((name) => appender.append(batchOf(name), 40)))
  await turn()
  expect(log.calls.map((call) => call.partitions)).toEqual([['a'], ['b']])
  log.calls[0]!.answer()
  await turn()
  expect(log.calls.map((call) => call.partitions)).toEqual([['a'], ['b'], ['c']])
  void appender.append(batchOf('f'), 5)
  for (let at = 1; at < 5; at += 1) {
    log.calls[at]!.answer()
    await turn()
  }
  expect(log.calls.map((call) => call.partitions)).toEqual([['a'], ['b'], ['c'], ['d'], ['e', 'f']])
  await outcomes
})

test('there is room again once enough was answered, failed or not', async () => {
  const log = slowLog()
  const appender = createAppender(log, LIMITS)
  await appender.room()
  const failed = appender.append(batchOf('a'), 60).catch((error: Error) => error.message)
  const answered = appender.append(batchOf('b'), 60)
  let hasRoom = false
  const room = appender.room().then(() => (hasRoom = true))
  await turn()
  expect(hasRoom).toBe(false)
  log.calls[0]!.fail(new Error('gone'))
  await room
  expect(await failed).toBe('gone')
  log.calls[1]!.answer()
  expect((await answered).outcome).toBe('appended')
})

test('more than a call may hold goes alone', async () => {
  const log = slowLog()
  const appender = createAppender(log, LIMITS)
  const outcomes = [appender.append(batchOf('a'), 500), appender.append(batchOf('b'), 1)]
  await turn()
  expect(log.calls.map((call) => call.partitions)).toEqual([['a'], ['b']])
  for (const call of log.calls) call.answer()
  await Promise.all(outcomes)
})
