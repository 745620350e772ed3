import type { Kafka } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { EventTopics, MirrorSettings } from './settings'
import type { Counters } from './stats'
import { retryMs, wait, type Pace } from './wait'

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
export async function prepareTopics({ kafka, settings, counters, logger, stopped, pace }: Options) {
  const events = topicNames(settings.topics)
  const ours =
    settings.orders === 'on' ? [...events, settings.deadLetterTopic] : [settings.deadLetterTopic]
  let said = ''
  for (let failures = 1; !stopped.aborted; failures += 1) {
    try {
      await kafka.ensureTopics(ours)
      const spans = await kafka.spans(events)
      const there = new Set([...spans.values()].map(({ topic }) => topic))
      const missing = events.filter((topic) => !there.has(topic))
      if (missing.length === 0) return
      const sentence = `waiting for topics that the order service makes: ${missing.join(', ')}`
      if (sentence !== said) logger.warn({ missing }, sentence)
      said = sentence
    } catch (error) {
      counters.failed(error)
      if (counters.lastError !== said) logger.warn({ err: error }, 'the topics cannot be looked at')
      said = counters.lastError ?? ''
    }
    await wait(retryMs(pace, failures), stopped)
  }
}
