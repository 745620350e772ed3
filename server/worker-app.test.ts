import { afterEach, expect, test } from 'bun:test'
import { createLogger } from './lib/logger'
import type { MirrorStats } from './mirror/stats'
import type { RelayStats } from './outbox/relay'
import { parseExposition } from './testing/exposition'
import { workerApp, type WorkerAppDeps } from './worker-app'

let app: ReturnType<typeof workerApp> | null = null

afterEach(() => app?.stop(true))

const MIRROR: MirrorStats = {
  appended: 1_200,
  rewinds: 2,
  gaps: 1,
  deadLetters: { not_json: 3, invalid: 1, too_big: 0, foreign: 0, unknown_type: 0 },
  lag: new Map([
    ['order.created-0', { records: 5, ageMs: 400 }],
    ['order.updated-1', { records: 7, ageMs: 2_500 }],
  ]),
  refilling: true,
  // As if it had been just now.
  get measuredAt() {
    return Date.now()
  },
  stalledSince: null,
  lastError: 'Kafka is out of reach.',
  lastErrorAt: 0,
}

function relayStats(): RelayStats {
  const backlog = { unsent: 9, oldestAt: Date.now() - 3_000, parked: 1 }
  return { holding: true, sent: 80, parked: 1, failures: 4, backlog }
}

async function ask(path: string, deps: Partial<WorkerAppDeps> = {}): Promise<Response> {
  app = workerApp({
    mirror: () => MIRROR,
    relay: relayStats,
    ceiling: () => false,
    isDraining: () => false,
    logger: createLogger('silent'),
    ...deps,
  })
  app.listen({ port: 0, hostname: '127.0.0.1' })
  return fetch(`http://127.0.0.1:${app.server!.port}${path}`)
}

test('a worker that lags is ready, and says how much', async () => {
  const response = await ask('/health/ready')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    status: 'ready',
    mirror: {
      lagRecords: 12,
      lagMs: 2_500,
      lagMeasuredMs: expect.any(Number),
      refilling: true,
      stalledMs: 0,
      lastError: 'Kafka is out of reach.',
      lastErrorMs: expect.any(Number),
      gaps: 1,
      deadLetters: 4,
    },
    relay: { holding: true, unsent: 9, ageMs: expect.any(Number), parked: 1 },
    retentionCeiling: false,
  })
})

test('a worker that stops is alive and not ready', async () => {
  const draining = { isDraining: () => true, relay: null }
  const response = await ask('/health/ready', draining)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ status: 'draining', relay: null })
  expect((await ask('/health/live', draining)).status).toBe(200)
  expect((await ask('/anything', draining)).status).toBe(404)
})

test('its metrics are in the text format of Prometheus', async () => {
  const stalledSince = Date.now() - 5_000
  const response = await ask('/metrics', { mirror: () => ({ ...MIRROR, stalledSince }) })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const { samples, types } = parseExposition(await response.text())
  expect(types.get('orderwire_dead_letters_total')).toBe('counter')
  expect(Object.fromEntries(samples)).toMatchObject({
    orderwire_mirror_appended_total: 1_200,
    orderwire_mirror_rewinds_total: 2,
    orderwire_mirror_gaps_total: 1,
    'orderwire_dead_letters_total{reason="not_json"}': 3,
    'orderwire_dead_letters_total{reason="too_big"}': 0,
    'orderwire_partition_lag_records{partition="order.created-0"}': 5,
    'orderwire_partition_lag_seconds{partition="order.updated-1"}': 2.5,
    orderwire_mirror_refilling: 1,
    orderwire_relay_holding: 1,
    orderwire_relay_sent_total: 80,
    orderwire_relay_failures_total: 4,
    orderwire_relay_backlog_rows: 9,
    orderwire_relay_parked_rows: 1,
    orderwire_retention_ceiling: 0,
  })
  expect(samples.get('orderwire_mirror_stalled_seconds')).toBeGreaterThanOrEqual(5)
  expect(samples.get('orderwire_relay_backlog_age_seconds')).toBeGreaterThanOrEqual(3)
})

test('what is not known yet is no number', async () => {
  const relay = () => ({ ...relayStats(), backlog: null })
  const lag = new Map()
  const response = await ask('/metrics', { relay, mirror: () => ({ ...MIRROR, lag }) })
  const { samples } = parseExposition(await response.text())
  expect(samples.get('orderwire_relay_backlog_rows')).toBeNaN()
  expect([...samples.keys()].filter((key) => key.includes('partition_lag'))).toEqual([])
})

test('a lag that was found out long ago is none: nobody knows it while Kafka is away', async () => {
  const mirror = () => ({ ...MIRROR, measuredAt: Date.now() - 60_000, lastErrorAt: Date.now() - 1 })
  const body = (await (await ask('/health/ready', { mirror })).json()) as {
    mirror: Record<string, number>
  }
  expect(body.mirror).toMatchObject({ lagRecords: null, lagMs: null })
  expect(body.mirror['lagMeasuredMs']).toBeGreaterThanOrEqual(60_000)
  expect(body.mirror['lastErrorMs']).toBeLessThan(60_000)
  await app?.stop(true)
  const { samples } = parseExposition(await (await ask('/metrics', { mirror })).text())
  expect(samples.get('orderwire_partition_lag_records{partition="order.created-0"}')).toBeNaN()
  expect(samples.get('orderwire_mirror_lag_measured_seconds')).toBeGreaterThanOrEqual(60)
})
