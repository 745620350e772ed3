import { afterAll, beforeAll, expect, test } from 'bun:test'
import { loadConfig } from '../config'
import { createLogger } from '../lib/logger'
import { serve, type Running } from '../main'
import { tempFolder } from '../testing/temp-folder'

/** A server whose orders belong to another service. */
const folder = tempFolder()
let running: Running

beforeAll(async () => {
  const config = loadConfig({ DATA_DIR: folder.path, PORT: '0', DRAIN_MS: '0' })
  running = await serve({ ...config, orders: 'off' }, createLogger('silent'))
})
afterAll(async () => {
  await running.stop()
  folder[Symbol.dispose]()
})

function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${running.port}${path}`, init)
}

test.each([
  ['POST', '/api/orders', 'GET, HEAD'],
  ['POST', '/api/orders/', 'GET, HEAD'],
  ['POST', '/api/orders/1/cancel', ''],
  ['PATCH', '/api/admin/orders/1', ''],
])('%s %s is answered with whose orders these are', async (method, path, allow) => {
  const headers = { 'content-type': 'application/json' }
  const response = await ask(path, { method, headers, body: 'not even JSON' })
  expect(response.status).toBe(405)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('allow')).toBe(allow)
  expect(await response.json()).toMatchObject({
    code: 'orders_elsewhere',
    detail:
      'The orders of this shop belong to its order service: place, cancel and change them there.',
  })
})

test.each([
  ['POST', '/api/admin/products', 'GET, HEAD'],
  ['PATCH', '/api/admin/products/espresso-cup', ''],
])('%s %s is answered with who says what is sold', async (method, path, allow) => {
  const response = await ask(path, { method, body: 'not even JSON' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  const { code, detail } = (await response.json()) as Record<string, string>
  expect(code).toBe('orders_elsewhere')
  expect(detail).toContain('what it sells is added and changed there')
})

test('everything else is as it was', async () => {
  expect((await ask('/api/orders')).status).toBe(401)
  expect((await ask('/api/products')).status).toBe(200)
  expect((await ask('/api/admin/products')).status).toBe(401)
  expect((await ask('/api/orders/1/2', { method: 'POST' })).status).toBe(404)
  const deleting = await ask('/api/orders', { method: 'DELETE' })
  expect([deleting.status, deleting.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('front ends are told, and the API description has no commands', async () => {
  expect(await (await ask('/api/settings')).json()).toMatchObject({ orders: 'off' })
  const { paths } = (await (await ask('/openapi/json')).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  expect(Object.keys(paths['/api/orders']!)).toEqual(['get'])
  expect(paths).toContainKey('/api/orders/{id}')
  expect(paths).not.toContainKey('/api/orders/{id}/cancel')
  expect(paths).not.toContainKey('/api/admin/orders/{id}')
  expect(Object.keys(paths['/api/admin/products']!)).toEqual(['get'])
  expect(paths).not.toContainKey('/api/admin/products/{id}')
})
