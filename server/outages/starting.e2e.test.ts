import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rawRedis } from '../testing/redis-log'
import { startRedis } from '../testing/redis-process'
import { resume } from '../testing/resume'
import { startServerProcess, type ServerProcess } from '../testing/server-process'
import { startTcpProxy } from '../testing/tcp-proxy'
import { tempFolder } from '../testing/temp-folder'
import { nextEvent, signedIn } from './testing/clients'
import { openCluster, type Cluster } from './testing/cluster'
import { placeOrder } from './testing/orders'
import { followsLog } from './testing/ready'

type Env = Readonly<Record<string, string>>
type Program = 'server' | 'worker'

/** Nothing listens there. */
const NOWHERE = 1
const opened = new AsyncDisposableStack()
let cluster: Cluster

beforeAll(async () => {
  cluster = opened.use(await openCluster())
}, 60_000)

afterAll(() => opened.disposeAsync())

/** Whether it comes to listen or not is what each test is about. */
function start(program: Program, env: Env): ServerProcess & AsyncDisposable {
  const folder = tempFolder()
  const started = startServerProcess({
    folder: folder.path,
    program,
    env: { ...cluster.env, ...env },
  })
  return {
    ...started,
    async [Symbol.asyncDispose]() {
      started.child.kill('SIGKILL')
      await started.child.exited
      folder[Symbol.dispose]()
    },
  }
}

function at(url: string, port: number): string {
  const moved = new URL(url)
  moved.port = String(port)
  return moved.href
}

test('orders are taken before there is a Redis, and told of when there is one', async () => {
  await using redis = await startTcpProxy(NOWHERE)
  const env = { REDIS_URL: at(cluster.redis.url, redis.port) }
  await using server = start('server', env)
  await using worker = start('worker', env)
  const [url, workerUrl] = await Promise.all([server.listening(), worker.listening()])
  for (const each of [url, workerUrl]) {
    expect((await fetch(`${each}/health/ready`)).status).toBe(200)
  }
  await placeOrder(cluster, url, 'alice')
  const token = await cluster.token('alice')
  const early = await signedIn(url, token)
  early.send({ event: 'subscribe:orders', data: {} })
  expect((await early.closed).code).toBe(1013)

  redis.target = cluster.redis.port
  await followsLog(url)
  const late = await signedIn(url, token)
  await resume(late)
  const order = await placeOrder(cluster, url, 'alice')
  while ((await nextEvent(late)).data.orderId !== order.orderId);
  for (const each of [server, worker]) {
    each.child.kill('SIGTERM')
    expect((await each.ended()).code).toBe(0)
  }
}, 120_000)

test('a worker listens without Kafka, and ends in order', async () => {
  await using worker = start('worker', { KAFKA_BROKER: `127.0.0.1:${NOWHERE}` })
  const url = await worker.listening()
  await worker.logged('the topics cannot be looked at')
  const ready = await fetch(`${url}/health/ready`)
  expect(ready.status).toBe(200)
  const { mirror } = (await ready.json()) as { mirror: { lastError: string } }
  expect(mirror.lastError).toContain(`127.0.0.1:${NOWHERE}`)
  worker.child.kill('SIGTERM')
  expect((await worker.ended()).code).toBe(0)
})

test('who waits for Postgres ends when told to', async () => {
  const env = { DATABASE_URL: at(cluster.databaseUrl, NOWHERE) }
  await using server = start('server', env)
  await using worker = start('worker', env)
  for (const [{ logged, child, ended }, signal] of [
    [server, 'SIGTERM'],
    [worker, 'SIGINT'],
  ] as const) {
    await logged('waiting for Postgres')
    child.kill(signal)
    const { code, stderr, log } = await ended()
    expect([code, stderr]).toEqual([0, ''])
    expect(log.at(-1)).toMatchObject({ msg: 'stopping', signal })
  }
})

describe('what cannot work ends with one sentence and exit code 1', () => {
  async function refused(program: Program, env: Env): Promise<string> {
    await using refusing = start(program, env)
    const { code, stderr } = await refusing.ended()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    return stderr.trim()
  }

  test('a database that does not exist', async () => {
    const url = new URL(cluster.databaseUrl)
    url.pathname = '/nothing'
    const sentence = await refused('worker', { DATABASE_URL: url.href })
    expect(sentence).toContain(`Postgres at ${url.host}/nothing refused us`)
    expect(sentence).toEndWith('check DATABASE_URL.')
  })

  test('a Redis that may remove entries, and one that wants a password', async () => {
    await using redis = await startRedis({ config: ['maxmemory-policy allkeys-lru'] })
    using commands = rawRedis(redis.url)
    expect(await refused('worker', { REDIS_URL: redis.url })).toContain(
      `Redis at 127.0.0.1:${redis.port} has maxmemory-policy allkeys-lru`,
    )
    await commands.config('SET', 'requirepass', 'secret')
    expect(await refused('server', { REDIS_URL: redis.url })).toContain('refuses this user')
  })

  test('a port that is in use, also with a worker in the same process', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('') })
    const port = String(taken.port)
    const sentences = await Promise.all([
      refused('server', { PORT: port, ROLE: 'all' }),
      refused('worker', { WORKER_PORT: port }),
    ])
    await taken.stop(true)
    const sentence = `Port ${port} is in use: stop what listens there, or set`
    expect(sentences).toEqual([
      `${sentence} PORT to another.`,
      `${sentence} WORKER_PORT to another.`,
    ])
  })

  test('a worker of the embedded engine', async () => {
    const none = { KAFKA_BROKER: '', REDIS_URL: '', DATABASE_URL: '' }
    expect(await refused('worker', none)).toStartWith('The embedded engine has no worker')
  })
})
