import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import Redis from 'ioredis'
import { openKafka } from '../kafka/client'
import { createLogger } from '../lib/logger'
import { startKafkaProcess } from './kafka-process'
import { startPostgresProcess } from './postgres-process'
import { startRedis, type RedisProcess } from './redis-process'

/** What tests of outages lean on: a service that was killed is back at the same place, with its data. */

async function asked<T>(redis: RedisProcess, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1 })
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

test('a Redis with an append-only file remembers, one without forgets', async () => {
  for (const appendonly of [true, false]) {
    await using redis = await startRedis({ appendonly, appendfsync: 'always' })
    await asked(redis, (client) => client.set('a', '1'))
    await redis.kill()
    await redis.restart()
    expect(await asked(redis, (client) => client.get('a'))).toBe(appendonly ? '1' : null)
  }
})

test('a Redis that is held still answers when it is let go', async () => {
  await using redis = await startRedis()
  const client = new Redis(redis.url)
  await client.ping()
  redis.pause()
  let answered = false
  const answer = client.ping().then(() => (answered = true))
  // Another one answers in the meantime: this one had its time.
  await using other = await startRedis()
  await asked(other, (each) => each.ping())
  expect(answered).toBe(false)
  redis.resume()
  await answer
  client.disconnect()
})

test('a Redis may be a replica, and be watched by a Sentinel', async () => {
  await using primary = await startRedis({ config: ['repl-diskless-sync-delay 0'] })
  await using replica = await startRedis({ replicaof: primary })
  await using sentinel = await startRedis({
    sentinel: true,
    config: [`sentinel monitor shop 127.0.0.1 ${primary.port} 1`],
  })
  expect(await asked(replica, (client) => client.role())).toContain('slave')
  const address = await asked(sentinel, (client) =>
    client.call('SENTINEL', 'get-master-addr-by-name', 'shop'),
  )
  expect(address).toEqual(['127.0.0.1', String(primary.port)])
})

test('a Redis that is killed while it writes to disk has freed its port', async () => {
  await using redis = await startRedis({ appendonly: true, appendfsync: 'everysec' })
  const value = Buffer.alloc(1_000_000)
  for (let round = 0; round < 10; round++) {
    await asked(redis, (client) =>
      Promise.all(Array.from({ length: 5 }, (_, key) => client.set(`${round}-${key}`, value))),
    )
    await redis.kill()
    await redis.restart()
  }
})

test('a Redis leaves nothing behind', async () => {
  const redis = await startRedis()
  await redis[Symbol.asyncDispose]()
  expect([redis.runs, existsSync(redis.folder)]).toEqual([false, false])
})

test('a PostgreSQL remembers what was committed', async () => {
  await using postgres = await startPostgresProcess(['max_connections=20'])
  const sql = () => new Bun.SQL(postgres.url, { max: 1 })
  {
    await using before = sql()
    await before`CREATE TABLE facts (n int)`
    await before`INSERT INTO facts VALUES (1)`
    await postgres.kill()
  }
  await postgres.restart()
  await using after = sql()
  expect([...(await after`SELECT n FROM facts`)]).toEqual([{ n: 1 }])
  expect((await after`SHOW max_connections`)[0].max_connections).toBe('20')
}, 60_000)

test('a Kafka remembers its topics, and asks for a password where it was told to', async () => {
  let secured = 0
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  await using kafka = await startKafkaProcess({
    properties({ port, controllerPort, more: [another = 0] }) {
      secured = another
      const ours = `PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${secured}`
      return [
        `listeners=${ours},CONTROLLER://127.0.0.1:${controllerPort}`,
        `advertised.listeners=${ours}`,
        'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
        'sasl.enabled.mechanisms=SCRAM-SHA-256',
        `listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=${scram}`,
      ]
    },
    format: ['--add-scram', 'SCRAM-SHA-256=[name=alice,password=secret]'],
  })
  const settings = { clientId: 'test', tls: null, partitions: 1, replicationFactor: 1 }
  const logger = createLogger('silent')
  const plain = openKafka({ ...settings, brokers: [kafka.broker], sasl: null }, logger)
  expect(await plain.ensureTopics(['a'])).toEqual(['a'])
  await plain.close()
  await kafka.kill()
  await kafka.restart()

  const sasl = { mechanism: 'scram-sha-256', username: 'alice', password: 'secret' } as const
  const brokers = [`127.0.0.1:${secured}`]
  const withPassword = openKafka({ ...settings, brokers, sasl }, logger)
  expect([...(await withPassword.spans(['a'])).keys()]).toEqual(['a-0'])
  await withPassword.close()
}, 60_000)
