import { afterEach, expect, test } from 'bun:test'
import type { DistributedHealth } from './health/node-health'
import { createNodeMetrics } from './node-metrics'
import { type Exposition, parseExposition } from './testing/exposition'
import { resume } from './testing/resume'
import {
  eventOf,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from './testing/socket-server'

let server: SocketServer

async function start(options: SocketServerOptions = {}, distributed?: DistributedHealth) {
  server = await startSocketServer(options)
  const { hub, route } = server
  const metrics = createNodeMetrics({ hub, sockets: route, pendingAgeMs: () => 0, distributed })
  return { read: async (): Promise<Exposition> => parseExposition(await metrics.exposition()) }
}

afterEach(() => server.stop())

test('tells of sockets, resumes, ages and the window, in the format that it should be in', async () => {
  const { read } = await start({ hub: { windowMaxEntries: 20 } })
  const start1 = server.position()
  const client = await server.signedIn('alice')
  await resume(client)
  await server.appendAll([1, 2, 3].map((version) => eventOf('alice', { version })))
  for (let count = 0; count < 3; count++) await client.next()
  const other = await server.signedIn('alice')
  await resume(other, start1)
  await resume(await server.signedIn('alice'), '5.00000000')
  await client.close()

  const { types, samples } = await read()
  expect(Object.fromEntries(types)).toMatchObject({
    orderwire_sockets: 'gauge',
    orderwire_resumes_total: 'counter',
    orderwire_commit_to_publish_seconds: 'histogram',
    orderwire_append_to_publish_seconds: 'histogram',
    process_resident_memory_bytes: 'gauge',
    nodejs_eventloop_lag_seconds: 'gauge',
  })
  expect(Object.fromEntries(samples)).toMatchObject({
    orderwire_sockets: 2,
    orderwire_sockets_opened_total: 3,
    'orderwire_sockets_closed_total{code="1000"}': 1,
    orderwire_channels: 1,
    orderwire_entries_total: 3,
    'orderwire_resumes_total{source="window"}': 1,
    'orderwire_resumes_total{source="log"}': 0,
    'orderwire_resumes_refused_total{reason="unknown"}': 1,
    'orderwire_resumes_deferred_total{outcome="moved"}': 0,
    orderwire_replayed_events_total: 3,
    'orderwire_subscriptions_ended_total{reason="behind"}': 0,
    orderwire_window_entries: 4,
    orderwire_commit_to_publish_seconds_count: 3,
    'orderwire_append_to_publish_seconds_bucket{le="+Inf"}': 3,
    orderwire_age_seconds: 0,
    orderwire_pending_age_seconds: 0,
    orderwire_slow_total: 0,
  })
  expect(samples.get('orderwire_window_bytes')).toBeGreaterThan(0)
  expect([...types.keys()].filter((name) => name.startsWith('orderwire_outbox'))).toEqual([])
  // A count is the number that it is, however often it was asked for.
  expect((await read()).samples.get('orderwire_replayed_events_total')).toBe(3)
})

test('measures at most eight events of a run, whatever its length', async () => {
  const { read } = await start()
  const client = await server.signedIn('alice')
  await resume(client)
  await server.appendAll(Array.from({ length: 30 }, (_, at) => eventOf('bob', { version: at + 1 })))
  await server.published()
  const { samples } = await read()
  expect(samples.get('orderwire_entries_total')).toBe(30)
  expect(samples.get('orderwire_commit_to_publish_seconds_count')).toBe(8)
})

test('of the distributed engine: what answers, and what waits', async () => {
  let outbox: DistributedHealth['outbox'] = async () => ({ rows: 7, ageMs: 1_500 })
  const { read } = await start(
    {},
    {
      log: () => 'refilling',
      database: () => 'ok',
      outbox: () => outbox!(),
    },
  )
  expect(Object.fromEntries((await read()).samples)).toMatchObject({
    'orderwire_reachable{service="log"}': 1,
    'orderwire_reachable{service="database"}': 1,
    orderwire_log_refilling: 1,
    orderwire_loaded: 1,
    orderwire_outbox_rows: 7,
    orderwire_outbox_age_seconds: 1.5,
  })
  outbox = () => Promise.reject(new Error('gone'))
  expect((await read()).samples.get('orderwire_outbox_rows')).toBeNaN()
})
