import { afterAll, beforeAll, setDefaultTimeout } from 'bun:test'
import { openTestLog } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { eventLogFeatures, sharedLogFeatures } from './event-log.features'

setDefaultTimeout(20_000)

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

eventLogFeatures('Redis', async () => {
  const { log, limits } = await openTestLog(redis.url)
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

sharedLogFeatures('Redis', async () => {
  const { log, limits } = await openTestLog(redis.url, { open: false })
  return { log, limits, cleanup: () => log.close() }
})
