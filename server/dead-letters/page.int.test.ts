import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openKafka } from '../kafka/client'
import type { Kafka } from '../kafka/kafka'
import { createLogger } from '../lib/logger'
import { type DeadLetter, deadLetterRecord } from '../mirror/dead-letter'
import { createDeadLetters, type DeadLetters } from '../mirror/dead-letters'
import { freshTopics, testStack } from '../testing/stack'
import { type LetterPage, readPage } from './page'

let kafka: Kafka

beforeAll(async () => {
  const { broker } = await testStack()
  const settings = { brokers: [broker], clientId: 'test', tls: null, sasl: null }
  kafka = openKafka({ ...settings, partitions: 3, replicationFactor: 1 }, createLogger('silent'))
})
afterAll(() => kafka.close())

/** Not so long ago that the broker would take them. */
const SINCE = Date.now() - 1_000_000

async function freshLetters() {
  const { created, deadLetter } = freshTopics()
  await kafka.ensureTopics([created, deadLetter])
  let buried = 0
  return {
    letters: createDeadLetters(kafka, deadLetter),
    /** Each of another order, and a millisecond later than the one before. */
    async bury(count: number, reason: DeadLetter['reason'] = 'invalid'): Promise<void> {
      const records = Array.from({ length: count }, () => {
        const number = buried++
        const letter: DeadLetter = {
          source: { topic: created, partition: 0, offset: number, timestamp: SINCE },
          reason,
          detail: 'total: expected an amount.',
          key: Buffer.from(`order-${number}`),
          value: Buffer.from('{}'),
          headers: {},
        }
        return { ...deadLetterRecord(letter, deadLetter), timestamp: SINCE + number }
      })
      await kafka.producer().send(records)
    },
  }
}

/** Numbers of the letters on each page, as they were buried. */
async function walk(
  letters: DeadLetters,
  query: { readonly limit: number; readonly reason?: string },
  between: () => Promise<void> = async () => {},
): Promise<number[][]> {
  const pages: number[][] = []
  let next: string | null = null
  do {
    const page: LetterPage = await readPage(letters, { ...query, ...(next !== null && { next }) })
    pages.push(page.items.map(({ at }) => at - SINCE))
    next = page.next
    if (next !== null) await between()
  } while (next !== null)
  return pages
}

test('pages hold each letter once, newest first, whatever comes between them', async () => {
  const { letters, bury } = await freshLetters()
  expect(await readPage(letters, { limit: 2 })).toEqual({ items: [], next: null })
  await bury(7)
  expect(await walk(letters, { limit: 3 })).toEqual([[6, 5, 4], [3, 2, 1], [0]])
  expect(await walk(letters, { limit: 7 })).toEqual([[6, 5, 4, 3, 2, 1, 0]])
  const pages = await walk(letters, { limit: 3 }, () => bury(20))
  // A partition of which the first page had nothing is gone on with from its newest one.
  const old = pages.flat().filter((number) => number < 7)
  expect(old).toEqual([6, 5, 4, 3, 2, 1, 0])
  expect(new Set(pages.flat()).size).toBe(pages.flat().length)
})

test('a page of one reason has a next one only where there are more of it', async () => {
  const { letters, bury } = await freshLetters()
  await bury(2, 'foreign')
  await bury(5)
  await bury(1, 'foreign')
  await bury(5)
  expect(await walk(letters, { limit: 2, reason: 'foreign' })).toEqual([[7, 1], [0]])
  expect(await walk(letters, { limit: 3, reason: 'foreign' })).toEqual([[7, 1, 0]])
})

test('what takes too long ends early, and says so where it got nowhere', async () => {
  const { letters, bury } = await freshLetters()
  await bury(2)
  const { items, next } = await readPage(letters, { limit: 2 }, -1)
  expect(items.length).toBe(1)
  const nowhere = readPage(letters, { limit: 2, next: next ?? '' }, -1)
  expect(nowhere).rejects.toMatchObject({ code: 'dead_letters_slow', status: 503 })
})

test.each(['x', 'MA', Buffer.from('0@1,').toString('base64url')])('%p is no next', async (next) => {
  const { letters } = await freshLetters()
  const refused = readPage(letters, { limit: 1, next })
  expect(refused).rejects.toMatchObject({ code: 'invalid_next', status: 400 })
})
