import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accepts } from '../../scripts/services/ports'
import { startTestStack, type TestStack } from '../../scripts/services/test-stack'

/** Of a stack that was brought up for development, and stays: docs/testing.md. */
const ADDRESSES = join(import.meta.dir, '../../data/test-stack/addresses.json')

let found: Promise<TestStack> | undefined

/**
 * Kafka and PostgreSQL, shared by all tests: each uses topics, groups and databases of its own. They
 * are those of the run (`TEST_STACK`), or of a stack that stays, or start for this process alone.
 */
export function testStack(): Promise<TestStack> {
  found ??= findStack()
  return found
}

async function findStack(): Promise<TestStack> {
  const ofRun = process.env.TEST_STACK
  if (ofRun) {
    const stack = JSON.parse(ofRun) as TestStack | { readonly failed: string }
    if ('failed' in stack) throw new Error(stack.failed)
    return stack
  }
  if (existsSync(ADDRESSES)) {
    const stays = JSON.parse(readFileSync(ADDRESSES, 'utf8')) as Partial<TestStack>
    const { broker, postgresUrl } = stays
    if (broker && postgresUrl && (await answers(`tcp://${broker}`)) && (await answers(postgresUrl)))
      return { broker, postgresUrl }
  }
  return startTestStack()
}

function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address)
  return accepts(hostname, Number(port))
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
