import { expect, test } from 'bun:test'
import { LogReads } from './log-reads'

test('equal reads are one, and no more run at a time than allowed', async () => {
  const started: string[] = []
  const finish: (() => void)[] = []
  const reads = new LogReads<string>({
    ...{ concurrency: 2, keepMs: 0, isGood: () => false },
    async read(_, cursor) {
      started.push(cursor)
      await new Promise<void>((resolve) => finish.push(resolve))
      return cursor
    },
  })
  const channel = { name: 'admin' } as const
  const answers = ['1', '1', '2', '3', '3', '1'].map((cursor) => reads.read(channel, cursor))
  await Promise.resolve()
  expect(started).toEqual(['1', '2'])
  finish[0]!()
  expect(await answers[5]!).toBe('1')
  finish[1]!()
  await answers[2]
  expect(started).toEqual(['1', '2', '3'])
  finish[2]!()
  expect(await Promise.all(answers)).toEqual(['1', '1', '2', '3', '3', '1'])
})

test("a customer's read is not another's, and a failure is not kept", async () => {
  let reads = 0
  const logReads = new LogReads<number>({
    ...{ concurrency: 1, keepMs: 60_000, isGood: () => true },
    async read() {
      if (++reads === 1) throw new Error('unreachable')
      return reads
    },
  })
  const [alice, bob] = ['alice', 'bob'].map((customer) => ({ name: 'orders', customer }) as const)
  const failed = logReads.read(alice!, '1.a').catch((error: Error) => error.message)
  const other = logReads.read(bob!, '1.a')
  expect(await failed).toBe('unreachable')
  expect(await other).toBe(2)
  expect(await logReads.read(alice!, '1.a')).toBe(3)
})

test('an answer is kept for those who come soon, as long as it is good', async () => {
  let reads = 0
  let good = true
  const logReads = new LogReads<number>({
    ...{ concurrency: 1, keepMs: 60_000, isGood: () => good },
    read: async () => ++reads,
  })
  const read = () => logReads.read({ name: 'admin' }, '1.a')
  expect([await read(), await read()]).toEqual([1, 1])
  good = false
  expect([await read(), await read()]).toEqual([2, 3])
})
