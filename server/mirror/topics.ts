import type { Kafka } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import type { EventTopics, MirrorSettings } from './settings'
import type { Counters } from './stats'
import { retryMs, type Pace } from './pace'

export function topicNames(topics: EventTopics): readonly string[] {
  return topics.kind === 'one' ? [topics.name] : Object.values(topics.names)
}

interface Options {
  readonly kafka: Kafka
  readonly settings: MirrorSettings
  readonly counters: Counters
  readonly logger: Logger
  readonly stopped: AbortSignal
  readonly pace: Pace
}

/**
 * Makes the topics that are ours to make, and waits for those of another order service. Tries until
 * Kafka can be reached.
 */
export async function prepareTopics(options: Options): Promise<void> {
  const { kafka, settings, counters, logger, stopped, pace } = options
  const events = topicNames(settings.topics)
  const isOurs = settings.orders === 'on'
  const ours = isOurs ? [...events, settings.deadLetterTopic] : [settings.deadLetterTopic]
  let said = ''
  for (let failures = 1; !stopped.aborted; failures += 1) {
    try {
      await kafka.ensureTopics(ours)
      const missing = await missingOf(kafka, events)
      if (missing.length === 0) return
      // Our own were made just now, which takes a moment to be known everywhere.
      const sentence = `waiting for topics that the order service makes: ${missing.join(', ')}`
      if (!isOurs && sentence !== said) logger.warn({ missing }, sentence)
      said = sentence
    } catch (error) {
      counters.failed(error)
      if (counters.lastError !== said) logger.warn({ err: error }, 'the topics cannot be looked at')
      said = counters.lastError ?? ''
    }
    await pause(retryMs(pace, failures), stopped)
  }
}

async function missingOf(kafka: Kafka, topics: readonly string[]): Promise<readonly string[]> {
  const spans = await kafka.spans(topics)
  const there = new Set([...spans.values()].map(({ topic }) => topic))
  return topics.filter((topic) => !there.has(topic))
}
