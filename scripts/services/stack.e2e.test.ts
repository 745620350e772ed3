import { afterAll, expect, test } from 'bun:test'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import Redis from 'ioredis'
import { openKafka } from '../../server/kafka/client'
import { createLogger } from '../../server/lib/logger'
import { eventually } from '../../server/testing/socket-server'
import { tempFolder } from '../../server/testing/temp-folder'
import { birthOf } from './process-table'
import { freePort } from './ports'
import { readRecord, writeRecord } from './stack-record'

const root = join(import.meta.dir, '../..')
const temp = tempFolder()
// PostgreSQL may run as a user of its own.
chmodSync(temp.path, 0o711)
const folder = join(temp.path, 'stack')

async function stack(...args: readonly string[]) {
  const child = Bun.spawn(['scripts/stack', ...args, '--dir', folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, stdout, stderr }
}

/** The lines of `env`, as a shell would take them. */
async function environment(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await stack('env')
  return Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!]),
  )
}

afterAll(async () => {
  await stack('down', '--wipe')
  temp[Symbol.dispose]()
})

/** Writes to each of them, or reads back what was written. */
async function facts(work: 'write' | 'read') {
  const env = await environment()
  const redis = new Redis(env.REDIS_URL!)
  const sql = new Bun.SQL(env.DATABASE_URL!, { max: 1 })
  const settings = { clientId: 't', tls: null, sasl: null, partitions: 1, replicationFactor: 1 }
  const kafka = openKafka({ ...settings, brokers: [env.KAFKA_BROKER!] }, createLogger('silent'))
  try {
    if (work === 'write') {
      await redis.set('a', '1')
      await sql`CREATE TABLE facts AS SELECT 1 AS a`
      await kafka.ensureTopics(['facts'])
      await kafka.producer().send([{ topic: 'facts', key: 'a', value: '1' }])
    }
    const [record] = await kafka.read({ topic: 'facts', partition: 0 }, 0, 1)
    const [row] = await sql`SELECT a FROM facts`
    return [await redis.get('a'), String(row.a), record?.value?.toString()]
  } finally {
    redis.disconnect()
    await Promise.all([sql.close(), kafka.close()])
  }
}

test('comes up, and once more says so', async () => {
  expect((await stack('status')).code).toBe(3)
  const missing = await stack('env')
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toContain('scripts/stack up')

  const up = await stack('up', '--ports', 'free')
  expect(up.stderr).toBe('')
  expect(up.code).toBe(0)
  expect(up.stdout.match(/serves at/g)?.length).toBe(4)
  const record = readRecord(folder)

  const again = await stack('up', '--ports', 'free')
  expect(again.stdout.match(/is up already/g)?.length).toBe(4)
  expect(readRecord(folder)).toEqual(record)

  const status = await stack('status')
  expect(status.code).toBe(0)
  expect(status.stdout).toMatch(/^kafka +up +127\.0\.0\.1:\d+ +pid \d+ +since \d+ s/)
})

test('what it prints leads to services that keep what they are given', async () => {
  expect(await facts('write')).toEqual(['1', '1', '1'])
  const { code } = await stack('down')
  expect(code).toBe(0)
  expect(readRecord(folder)).toEqual({})
  // Other ports, the same data.
  expect((await stack('up', '--ports', 'free')).code).toBe(0)
  expect(await facts('read')).toEqual(['1', '1', '1'])
  expect((await stack('logs', 'redis')).stdout).toContain('Ready to accept connections')
})

test('a service that ended by itself is told, and brought up again', async () => {
  process.kill(readRecord(folder).redis!.pid, 'SIGKILL')
  const { code, stdout } = await stack('status')
  expect(code).toBe(3)
  expect(stdout).toMatch(/^redis +ended by itself/m)
  const up = await stack('up', '--ports', 'free')
  expect(up.stdout).toContain('Redis serves')
  expect(up.stdout).toContain('Kafka is up already')
})

test('nginx leads to the servers that were named, also after it ended by itself', async () => {
  const other = await stack('up', 'nginx', '--servers', '4001,4002')
  expect([other.code, other.stderr]).toEqual([
    1,
    'nginx leads to 3009, 3019: scripts/stack down nginx first.\n',
  ])
  await stack('down', 'nginx')
  expect((await stack('up', 'nginx', '--ports', 'free', '--servers', '4001,4002')).code).toBe(0)
  const { pid, birth } = readRecord(folder).nginx!
  process.kill(pid, 'SIGTERM')
  await eventually(() => birthOf(pid) !== birth)
  expect((await stack('up', 'nginx', '--ports', 'free')).code).toBe(0)
  expect(await Bun.file(join(folder, 'nginx/nginx.conf')).text()).toContain('127.0.0.1:4002')
})

test('it ends nothing but what it has started', async () => {
  const { redis, ...others } = readRecord(folder)
  const bystander = Bun.spawn(['sleep', '1000'])
  // As after a crash of the machine, when the pid was given out again.
  writeRecord(folder, { ...others, redis: { ...redis!, pid: bystander.pid } })
  expect((await stack('down', 'redis')).stdout).toContain('Nothing runs.')
  expect(birthOf(bystander.pid)).not.toBeNull()
  bystander.kill()
  writeRecord(folder, { ...others, redis: redis! })
})

test('a port that is taken is said, and how to take another', async () => {
  await stack('down', 'redis')
  const port = await freePort()
  using taken = Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } })
  const { code, stderr } = await stack('up', 'redis', '--redis-port', String(taken.port))
  expect(code).toBe(1)
  expect(stderr).toBe(
    `Port ${port} is taken by another program: choose one for Redis by --redis-port, ` +
      'or take any by --ports free.\n',
  )
})

test('a service that does not come up shows the end of its log', async () => {
  await Bun.write(join(folder, 'redis/appendonlydir/appendonly.aof.manifest'), 'nonsense')
  const { code, stderr } = await stack('up', 'redis', '--ports', 'free')
  expect(code).toBe(1)
  expect(stderr).toStartWith('Redis on port ')
  expect(stderr).toContain('ended before it served (exit code 1). The end of')
  expect(stderr).toContain('AOF')
})

test('wiped, nothing of it is left but that it was', async () => {
  const { code } = await stack('down', '--wipe')
  expect(code).toBe(0)
  for (const service of ['kafka', 'redis', 'postgres', 'nginx'])
    expect(existsSync(join(folder, service))).toBe(false)
})
