import type { Logger } from '../lib/logger'
import { createConsumer } from './consumer'
import type { Consumer, Kafka } from './kafka'
import { KAFKA_LIMITS, type KafkaLimits } from './limits'
import { createProducer, type OpenProducer } from './producer'
import { createReader } from './reader'
import type { KafkaSettings } from './settings'
import { ensureTopics } from './topics'

/**
 * The door to Kafka. Connects when it is first asked for something; a Kafka that is down at the
 * start is no error. What cannot be done in time rejects with `kafka_unreachable` (temporary) and a
 * sentence that tells a wrong password from a wrong certificate from an outage.
 */
export function openKafka(
  settings: KafkaSettings,
  logger: Logger,
  limits: KafkaLimits = KAFKA_LIMITS,
): Kafka {
  const log = logger.child({ part: 'kafka' })
  const reader = createReader(settings, limits, log)
  const producers: OpenProducer[] = []
  const consumers: Consumer[] = []
  return {
    producer() {
      const producer = createProducer(settings, limits, log)
      producers.push(producer)
      return producer
    },
    consume(options, handler) {
      const consumer = createConsumer({ ...options, handler, settings, limits, logger: log })
      consumers.push(consumer)
      return consumer
    },
    ensureTopics: (topics) => ensureTopics(topics, reader, settings, limits, log),
    spans: reader.spans,
    offsetsAt: reader.offsetsAt,
    read: reader.read,
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      await Promise.all(producers.map((producer) => producer.close()))
      reader.close()
    },
  }
}
