import { afterEach, describe, expect, test } from 'bun:test'
import { type Health, healthRoutes } from '.'
import type { DistributedHealth } from './node-health'

let app: ReturnType<typeof healthRoutes> | null = null

afterEach(() => app?.stop(true))

async function ask(path: string, health: Partial<Health> = {}): Promise<Response> {
  app = healthRoutes({
    isDraining: () => false,
    position: () => '7.0123abcd',
    ageMs: () => 90_000,
    pendingAgeMs: () => 12,
    metrics: async () => 'sockets 3\n',
    ...health,
  })
  app.listen({ port: 0, hostname: '127.0.0.1' })
  return fetch(`http://127.0.0.1:${app.server!.port}${path}`)
}

async function ready(health: Partial<Health>): Promise<[number, unknown]> {
  const response = await ask('/health/ready', health)
  return [response.status, await response.json()]
}

const behind = { position: '7.0123abcd', ageMs: 90_000, pendingAgeMs: 12 }

test('a node that lags is ready, and says how much', async () => {
  expect(await ready({})).toEqual([200, { status: 'ready', engine: 'embedded', ...behind }])
})

test('a node that drains is alive and not ready', async () => {
  const [status, body] = await ready({ isDraining: () => true })
  expect(status).toBe(503)
  expect(body).toMatchObject({ status: 'draining' })
  expect((await ask('/health/live', { isDraining: () => true })).status).toBe(200)
})

test('metrics are in the text format of Prometheus', async () => {
  const response = await ask('/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.text()).toBe('sockets 3\n')
})

describe('of the distributed engine', () => {
  const fine: DistributedHealth = {
    log: () => 'ok',
    database: async () => 'ok' as const,
    outbox: async () => ({ rows: 4, ageMs: 800 }),
  }

  test('it is said what lags, and why', async () => {
    expect(await ready({ distributed: fine })).toEqual([
      200,
      {
        status: 'ready',
        engine: 'distributed',
        ...behind,
        log: { state: 'ok' },
        database: 'ok',
        outbox: { rows: 4, ageMs: 800 },
      },
    ])
  })

  test('an outage of either is no reason to take the node out', async () => {
    const noLog: DistributedHealth = { ...fine, log: () => 'unreachable' }
    expect(await ready({ distributed: noLog, position: () => null })).toMatchObject([
      200,
      { status: 'ready', position: null, log: { state: 'unreachable' } },
    ])
    const broken = () => Promise.reject(new Error('gone'))
    const noDatabase = { ...fine, database: broken, outbox: broken }
    expect(await ready({ distributed: noDatabase })).toMatchObject([
      200,
      { status: 'ready', database: 'unreachable', outbox: null },
    ])
  })

  test('a node without a place in the log and without the order store serves nothing', async () => {
    const nothing: DistributedHealth = {
      ...fine,
      log: () => 'refilling',
      database: () => 'unreachable',
    }
    expect(await ready({ distributed: nothing, position: () => null })).toMatchObject([
      503,
      { status: 'unavailable', log: { state: 'refilling' }, database: 'unreachable' },
    ])
  })

  test('a database that does not answer does not keep the asker waiting', async () => {
    const never = () => new Promise<never>(() => {})
    const stuck = { ...fine, database: never, outbox: never }
    const slow = { database: 'slow to answer (no answer within 1 s)', outbox: null }
    expect(await ready({ distributed: stuck })).toMatchObject([200, slow])
    // Without a place in the log nothing is served, whichever it is.
    expect(await ready({ distributed: stuck, position: () => null })).toMatchObject([503, slow])
  })

  test('where the orders are another service’s there is no outbox', async () => {
    const foreign = { ...fine, outbox: null }
    expect(await ready({ distributed: foreign })).toMatchObject([200, { outbox: null }])
  })
})
