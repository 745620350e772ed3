import { createLogger } from '../../lib/logger'
import { openKafka } from '../client'
import type { KafkaSettings } from '../settings'
import { QUICK } from './setup'

/**
 * A member of a group as a process of its own, to be held still: its handler does not end, and says
 * a few times a second, and first of all when it wakes, whether its batch is stale. Arguments:
 * settings as JSON, group, topic.
 */
const [settings = '{}', groupId = '', topic = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)
const kafka = openKafka(JSON.parse(settings) as KafkaSettings, createLogger('silent'), QUICK)
kafka.consume(
  { groupId, topics: [topic] },
  {
    assigned: async () => new Map([[`${topic}-0`, 0]]),
    async batch(batch) {
      say(`batch from ${batch.records[0]!.offset}`)
      let saidAt = 0
      for (;;) {
        const stale = batch.isStale()
        if (stale || performance.now() - saidAt > 100) {
          say(stale ? 'stale' : 'valid')
          saidAt = performance.now()
        }
        if (stale) return
        await Bun.sleep(1)
      }
    },
  },
)
