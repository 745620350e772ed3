import type { Services } from './services'

/** Names of the topics of one case; its records are produced once and read by each run. */
export interface Topics {
  readonly created: string
  readonly updated: string
  readonly cancelled: string
}

export function topicsOf(name: string): Topics {
  return {
    created: `${name}.created`,
    updated: `${name}.updated`,
    cancelled: `${name}.cancelled`,
  }
}

/** As the product makes them unless told otherwise. */
export const PARTITIONS = 6

/** The environment of a server or a worker, with a consumer group of its own. */
export function environmentOf(
  { broker, postgresUrl }: Pick<Services, 'broker' | 'postgresUrl'>,
  redisUrl: string,
  topics: Topics,
): Readonly<Record<string, string>> {
  return {
    KAFKA_BROKER: broker,
    REDIS_URL: redisUrl,
    DATABASE_URL: postgresUrl,
    KAFKA_PARTITIONS: String(PARTITIONS),
    KAFKA_TOPIC_CREATED: topics.created,
    KAFKA_TOPIC_UPDATED: topics.updated,
    KAFKA_TOPIC_CANCELLED: topics.cancelled,
    KAFKA_TOPIC_DEAD_LETTER: `${topics.created}.dead-letter`,
    KAFKA_GROUP_ID: `mirror-${crypto.randomUUID()}`,
  }
}
