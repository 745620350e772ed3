import { afterAll, beforeAll, expect, test } from 'bun:test'
import { healthRoutes } from '.'
import { exposition } from './metrics'

let draining = false
let ageMs = 0
const app = healthRoutes({
  isDraining: () => draining,
  position: () => '7.0123abcd',
  ageMs: () => ageMs,
  pendingAgeMs: () => 12,
  metrics: () => [{ name: 'sockets', help: 'Open sockets.', type: 'gauge', value: 3 }],
})

beforeAll(() => void app.listen({ port: 0, hostname: '127.0.0.1' }))
afterAll(() => app.stop(true))

function ask(path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${app.server!.port}${path}`)
}

test('a node that lags is ready, and says how much', async () => {
  ageMs = 90_000
  const response = await ask('/health/ready')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    status: 'ready',
    engine: 'embedded',
    position: '7.0123abcd',
    ageMs: 90_000,
    pendingAgeMs: 12,
  })
})

test('a node that drains is alive and not ready', async () => {
  draining = true
  const response = await ask('/health/ready')
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ status: 'draining' })
  expect((await ask('/health/live')).status).toBe(200)
})

test('metrics are in the text format of Prometheus', async () => {
  const response = await ask('/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toBe(
    '# HELP sockets Open sockets.\n# TYPE sockets gauge\nsockets 3\n',
  )
})

test('a counter with a label has a line for each of its values', () => {
  const value = { label: 'code', counts: { 1000: 4, 1012: 1 } }
  const text = exposition([{ name: 'closed_total', help: 'Closed.', type: 'counter', value }])
  expect(text.split('\n').slice(2, 4)).toEqual([
    'closed_total{code="1000"} 4',
    'closed_total{code="1012"} 1',
  ])
})
