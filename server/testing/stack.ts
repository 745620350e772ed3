import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepts } from '../../scripts/services/ports'

/** The services that all tests of a run share: each uses topics, groups and databases of its own. */
export interface TestStack {
  /** Kafka, as `host:port`. */
  readonly broker: string
  /** `postgres://user@host:port/database`, of a user that may create databases. */
  readonly postgresUrl: string
}

const ADDRESSES = join(import.meta.dir, '../../data/test-stack/addresses.json')

let found: Promise<TestStack> | undefined

/** The stack of this run (`TEST_STACK`), or the one that was brought up for development. */
export function testStack(): Promise<TestStack> {
  found ??= findStack()
  return found
}

async function findStack(): Promise<TestStack> {
  const text = process.env.TEST_STACK ?? (await readFile(ADDRESSES, 'utf8'))
  const stack = JSON.parse(text) as TestStack
  const { hostname, port } = new URL(`tcp://${stack.broker}`)
  if (!(await accepts(hostname, Number(port))))
    throw new Error(`The Kafka of the tests does not answer at ${stack.broker}.`)
  return stack
}

/** Names that no other test uses. */
export interface TopicNames {
  readonly created: string
  readonly updated: string
  readonly cancelled: string
  readonly deadLetter: string
  /** Of the mirror's consumers. */
  readonly groupId: string
}

export function freshTopics(): TopicNames {
  const run = crypto.randomUUID().slice(0, 13)
  return {
    created: `order.created-${run}`,
    updated: `order.updated-${run}`,
    cancelled: `order.cancelled-${run}`,
    deadLetter: `order.dead-letter-${run}`,
    groupId: `mirror-${run}`,
  }
}
