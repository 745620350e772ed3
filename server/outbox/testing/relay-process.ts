import { writeSync } from 'node:fs'
import { openKafka } from '../../kafka/client'
import { openPostgres } from '../../lib/database.postgres'
import { createLogger } from '../../lib/logger'
import type { EventTopics } from '../../mirror/settings'
import { openPostgresOutbox } from '../outbox.postgres'
import { createRelay } from '../relay'
import { kafkaSettings } from './shop'

/**
 * What tests kill: a process with a relay. Prints a line with the number of rows each time that Kafka
 * has acknowledged some and they are not marked yet; with `hang` it then goes no further.
 */
const [url = '', broker = '', topics = '', leaseMs = '', hang = ''] = process.argv.slice(2)

const logger = createLogger('silent')
const database = await openPostgres(url, { poolSize: 4, logger })
const outbox = openPostgresOutbox(database)
const relay = createRelay({
  outbox: {
    ...outbox,
    async markSent(seqs) {
      writeSync(1, `${seqs.length}\n`)
      if (hang !== '') await new Promise(() => {})
      await outbox.markSent(seqs)
    },
  },
  producer: openKafka(kafkaSettings(broker), logger).producer(),
  topics: JSON.parse(topics) as EventTopics,
  logger,
  holder: `process-${process.pid}`,
  limits: { leaseMs: Number(leaseMs), pollMs: 50 },
})
relay.start()
