import { expect, test } from 'bun:test'
import { until } from '../event-log/features/fixtures'
import { startRedis } from '../testing/redis-process'
import { openRedis } from './connection.redis'
import { createLogger } from './logger'

test('a Redis that goes away is told once, and once when it is back, by all its connections', async () => {
  await using redis = await startRedis()
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('debug', (line) => void lines.push(JSON.parse(line)))
  const connections = openRedis({ url: redis.url, name: 'orderwire', ca: null }, logger)
  const { reader, writer } = connections
  const waiting = connections.waiting(5_000)
  const ask = (connection: typeof reader) => connection.use((client) => client.ping())
  const wait = (connection: typeof reader) => connection.use((client) => client.brpop('none', 5))
  await Promise.all([ask(reader), ask(writer), ask(waiting)])

  // Whoever waits there goes, which is no outage.
  const leaving = Promise.allSettled([wait(waiting)])
  waiting.close()
  expect((await leaving)[0].status).toBe('rejected')
  expect(lines).toEqual([])

  const cutOff = Promise.allSettled([wait(connections.waiting(5_000))])
  await ask(reader)
  await redis.kill()
  const asked = await Promise.allSettled([ask(reader), ask(writer), ask(reader)])
  for (const { status } of [...(await cutOff), ...asked]) expect(status).toBe('rejected')
  await redis.restart()
  await until(async () => {
    await Promise.allSettled([ask(reader), ask(writer)])
    return lines.length > 1
  })
  await connections.close()
  const { place, ...end } = lines[1]!
  expect(lines).toMatchObject([
    { level: 40, place, msg: expect.stringMatching(/^Redis is out of reach: /) },
    { level: 30, msg: 'Redis is within reach again' },
  ])
  expect(end.forMs).toBeGreaterThan(0)
})
