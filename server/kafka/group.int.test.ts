import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { within } from '../testing/within'
import { partitionName, type ConsumerHandler } from './kafka'
import { createRecorder, groupName, openTestKafka, until } from './testing/setup'

const MEMBER = fileURLToPath(import.meta.resolve('./testing/member.ts'))

/** A log with one checkpoint a partition, as members share it; what does not follow is kept. */
function createSharedLog() {
  const next = new Map<string, number>()
  const misfits: string[] = []
  let appended = 0
  const member = (): ConsumerHandler => ({
    assigned: async (partitions) =>
      new Map(partitions.map((one) => [partitionName(one), next.get(partitionName(one)) ?? 0])),
    async batch(batch) {
      const name = partitionName(batch)
      await Bun.sleep(Math.random() * 10)
      if (batch.isStale()) return
      for (const { offset } of batch.records) {
        if (offset !== (next.get(name) ?? 0)) misfits.push(`${name}@${offset}`)
        next.set(name, offset + 1)
        appended++
      }
    },
  })
  return { member, misfits, next, count: () => appended }
}

test('members that come and go read each record once, in order', async () => {
  await using kafka = await openTestKafka({ partitions: 4 })
  const topic = await kafka.topic(4)
  const groupId = groupName()
  const log = createSharedLog()
  const producer = kafka.producer()
  let sent = 0
  let sending = true
  const load = (async () => {
    while (sending) {
      await producer.send(
        Array.from({ length: 8 }, () => ({ topic, key: `k${sent++}`, value: 'x' })),
      )
      await Bun.sleep(5)
    }
  })()
  const first = kafka.consume({ groupId, topics: [topic] }, log.member())
  await until(() => first.assignment().length === 4 && log.count() > 50)
  const second = kafka.consume({ groupId, topics: [topic] }, log.member())
  await until(() => first.assignment().length === 2 && second.assignment().length === 2)
  const both = [...first.assignment(), ...second.assignment()].map(partitionName)
  expect(new Set(both).size).toBe(4)
  const before = log.count()
  await until(() => log.count() > before + 50)
  await first.stop()
  await until(() => second.assignment().length === 4)
  const third = kafka.consume({ groupId, topics: [topic] }, log.member())
  await until(() => third.assignment().length === 2)
  await second.stop()
  await until(() => third.assignment().length === 4)
  sending = false
  await load
  await until(() => log.count() >= sent)
  expect(log.misfits).toEqual([])
  expect(log.count()).toBe(sent)
})

test('a member that was held still for too long finds its batch stale when it wakes', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const groupId = groupName()
  await kafka.fill(topic, 3)
  const child = Bun.spawn(
    [process.execPath, MEMBER, JSON.stringify(kafka.settings), groupId, topic],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines: string[] = []
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream()))
      lines.push(...chunk.trim().split('\n'))
  })()
  try {
    await until(() => lines.includes('valid'))
    child.kill('SIGSTOP')
    const recorder = createRecorder()
    kafka.consume({ groupId, topics: [topic] }, recorder)
    // Its session ends, and all is given to the other member.
    await until(() => recorder.seen.length === 3)
    expect(lines).not.toContain('stale')
    const heard = lines.length
    child.kill('SIGCONT')
    await until(() => lines.length > heard)
    expect(lines[heard]).toBe('stale')
  } finally {
    child.kill('SIGKILL')
    await within(reading, 'the end of the member')
  }
})

test('a member is told what others may read from now on, before it is asked where to go on', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const groupId = groupName()
  const recorder = createRecorder()
  const told: string[] = []
  const first = kafka.consume(
    { groupId, topics: [topic] },
    {
      ...recorder,
      assigned: (partitions) => {
        told.push(`assigned ${partitions.map(partitionName).join()}`)
        return recorder.assigned(partitions)
      },
      revoked: (partitions) => told.push(`revoked ${partitions.map(partitionName).join()}`),
    },
  )
  await until(() => first.position({ topic, partition: 0 }) !== null)
  const second = kafka.consume({ groupId, topics: [topic] }, createRecorder())
  await until(() => told.some((one) => one.startsWith('revoked')))
  await until(() => [first, second].some((one) => one.position({ topic, partition: 0 }) !== null))
  expect(told.slice(0, 2)).toEqual([`assigned ${topic}-0`, `revoked ${topic}-0`])
})
