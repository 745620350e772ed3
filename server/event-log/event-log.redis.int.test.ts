import { afterAll, beforeAll } from 'bun:test'
import { createLogger } from '../lib/logger'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { eventLogFeatures } from './event-log.features'
import { openRedisLog } from './event-log.redis'

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

eventLogFeatures('Redis', async () => {
  const limits = { retentionMs: 3_600_000, retentionMaxEntries: 100_000 }
  const options = {
    settings: { url: redis.url, name: crypto.randomUUID(), ca: null },
    logger: createLogger('silent'),
  }
  const log = await openRedisLog(Object.assign(limits, options))
  await log.open(new Map())
  return {
    log,
    async trimTo(entries) {
      limits.retentionMaxEntries = entries
      while ((await log.maintain()).more);
      limits.retentionMaxEntries = 100_000
    },
    cleanup: () => log.close(),
  }
})
