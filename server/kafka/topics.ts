import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { errorType, unreachable, withDeadline } from './failures'
import type { KafkaLimits } from './limits'
import type { Reader } from './reader'
import type { KafkaSettings } from './settings'
import { createWire } from './wire'

const LEADER_POLL_MS = 50

/**
 * Makes those of the topics that are missing and answers them; the others are not touched, so that
 * a user without the right to create topics can run where an operator made them. Resolves when all
 * partitions have leaders.
 */
export async function ensureTopics(
  topics: readonly string[],
  reader: Reader,
  settings: KafkaSettings,
  limits: KafkaLimits,
  logger: Logger,
): Promise<readonly string[]> {
  const missing: string[] = []
  for (const topic of topics) if (!(await reader.leadersOf(topic))) missing.push(topic)
  if (missing.length === 0) return []
  const wire = createWire(settings, limits, logger)
  const late = AbortSignal.timeout(limits.callMs)
  try {
    const made = await withDeadline(create(), limits.callMs, 'the creation of topics')
    for (const topic of missing) await hasLeaders(topic)
    return made
  } catch (error) {
    throw unreachable(error, settings)
  } finally {
    wire.end()
  }

  async function create(): Promise<readonly string[]> {
    const admin = wire.client.admin()
    await admin.connect()
    const made: string[] = []
    for (const topic of missing) {
      const { partitions: numPartitions, replicationFactor } = settings
      const topicConfig = { topic, numPartitions, replicationFactor }
      // False where another process was quicker.
      if (
        await createOne(() => admin.createTopics({ topics: [topicConfig], waitForLeaders: false }))
      )
        made.push(topic)
    }
    return made
  }

  async function createOne(attempt: () => Promise<boolean>): Promise<boolean> {
    try {
      return await attempt()
    } catch (error) {
      if (errorType(error) === 'TOPIC_ALREADY_EXISTS') return false
      throw error
    }
  }

  async function hasLeaders(topic: string): Promise<void> {
    while (!late.aborted) {
      const leaders = await reader.leadersOf(topic)
      if (leaders && leaders.size > 0 && [...leaders.values()].every((id) => id >= 0)) return
      await pause(LEADER_POLL_MS, late)
    }
    throw new Error(`topic ${topic} has no leaders yet`)
  }
}
