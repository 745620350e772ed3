import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testStack, type TopicNames } from '../../../server/testing/stack'
import { tempFolder } from '../../../server/testing/temp-folder'
import type { Ended } from '../life'

const SCRIPT = join(import.meta.dir, '../../order-service')

/** Runs scripts/order-service on the Kafka of the tests; answers what it said that must come out. */
export async function playOrderService(
  args: readonly string[],
  topics: Pick<TopicNames, 'created' | 'updated' | 'cancelled'>,
  onText: (text: string, pid: number) => void = () => {},
): Promise<{ readonly output: string; readonly expected: readonly Ended[] }> {
  using folder = tempFolder()
  const file = join(folder.path, 'expected.json')
  const { broker } = await testStack()
  const child = Bun.spawn([SCRIPT, ...args, '--expect', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      BUN: process.execPath,
      KAFKA_BROKER: broker,
      KAFKA_PARTITIONS: '2',
      KAFKA_TOPIC_CREATED: topics.created,
      KAFKA_TOPIC_UPDATED: topics.updated,
      KAFKA_TOPIC_CANCELLED: topics.cancelled,
    },
  })
  let output = ''
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text
    onText(text, child.pid)
  }
  const exitCode = await child.exited
  if (exitCode !== 0) throw new Error(`scripts/order-service ended with ${exitCode}: ${output}`)
  return { output, expected: byId(JSON.parse(readFileSync(file, 'utf8')) as Ended[]) }
}

export function byId<T extends { readonly orderId: string }>(orders: readonly T[]): readonly T[] {
  return orders.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))
}
