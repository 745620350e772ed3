import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { CLOSE_CODES } from './protocol/close-codes'
import { connectSocket } from './testing/socket-client'
import { startTestServer, type TestRequest, type TestServer } from './testing/test-server'

const ADDRESS = { name: 'A', line1: 'Street 1', city: 'Town', postalCode: '12345', country: 'DE' }
const ORDER = { items: [{ productId: 'espresso-cup', quantity: 2 }], shippingAddress: ADDRESS }

let server: TestServer
let alice: string
let sam: string

beforeAll(async () => {
  server = await startTestServer({ ALLOWED_ORIGINS: 'https://shop.example' })
  alice = await server.signIn('alice')
  sam = await server.signIn('sam')
})
afterAll(() => server.stop())

async function problem(path: string, options: TestRequest) {
  const response = await server.request(path, options)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = (await response.json()) as Record<string, unknown>
  expect(body.status).toBe(response.status)
  expect(body.type).toBe(`urn:orderwire:problem:${String(body.code)}`)
  expect(body.title).toBeString()
  expect(body.detail).toBeString()
  return { response, body, status: response.status }
}

describe('problem documents', () => {
  const placing = (json: unknown): TestRequest => ({ json, token: alice })
  const cases: [
    name: string,
    request: () => [path: string, options: TestRequest],
    expected: Record<string, unknown>,
  ][] = [
    ['no token', () => ['/api/orders', {}], { status: 401, code: 'token_missing' }],
    [
      'no token, before the body is looked at',
      () => ['/api/orders', { json: { items: 'none' } }],
      { status: 401, code: 'token_missing' },
    ],
    [
      'a bad token',
      () => ['/api/orders', { token: 'x.y.z' }],
      { status: 401, code: 'token_invalid' },
    ],
    [
      'not staff',
      () => ['/api/admin/stats', { token: alice }],
      { status: 403, code: 'staff_only' },
    ],
    [
      'no body at all',
      () => [
        '/api/demo/sign-in',
        { method: 'POST', headers: { 'content-type': 'application/json' } },
      ],
      { status: 422, field: 'body' },
    ],
    [
      'a missing member',
      () => ['/api/orders', placing({ items: ORDER.items })],
      { status: 422, code: 'invalid_request', field: 'shippingAddress' },
    ],
    [
      'a bad member deep inside',
      () => ['/api/orders', placing({ ...ORDER, items: [{ productId: 'x', quantity: 0 }] })],
      { status: 422, field: 'items[0].quantity' },
    ],
    [
      'a query parameter out of range',
      () => ['/api/orders?limit=0', { token: alice }],
      { status: 422, field: 'limit', detail: expect.stringContaining('from 1 to 100') },
    ],
    [
      'a query parameter of another kind',
      () => ['/api/orders?limit=ten', { token: alice }],
      { status: 422, field: 'limit' },
    ],
    [
      'a value that is none of the list',
      () => ['/api/admin/orders?status=lost', { token: sam }],
      {
        status: 422,
        field: 'status',
        detail: 'status: expected one of pending, processing, shipped, delivered, cancelled.',
      },
    ],
    ['no such order', () => ['/api/orders/none', { token: alice }], { status: 404 }],
    ['no such route', () => ['/api/nothing', {}], { status: 404, code: 'not_found' }],
    [
      'a page where only programs ask',
      () => ['/api/nothing', { headers: { accept: 'text/html' } }],
      { status: 404, code: 'not_found' },
    ],
    [
      'a body too big',
      () => ['/api/orders', placing({ ...ORDER, reason: 'x'.repeat(70_000) })],
      { status: 413, code: 'body_too_big' },
    ],
  ]
  test.each(cases)('%s', async (_, request, expected) => {
    expect((await problem(...request())).body).toMatchObject(expected)
  })

  test('malformed JSON is 400', async () => {
    const response = await fetch(`${server.url}/api/demo/sign-in`, {
      method: 'POST',
      body: '{"name":',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'malformed_body' })
  })

  test('a body that is no JSON is 415', async () => {
    for (const path of ['/api/demo/sign-in', '/api/orders']) {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        body: '{"name":"alice"}',
        headers: { 'content-type': 'text/plain' },
      })
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ field: 'content-type' })
    }
  })

  test('each member at fault is listed', async () => {
    const { body } = await problem('/api/orders', {
      token: alice,
      json: { items: [], shippingAddress: { ...ADDRESS, country: 'Germany' } },
    })
    expect(body.errors).toEqual([
      { field: 'items', detail: expect.any(String) },
      { field: 'shippingAddress.country', detail: expect.any(String) },
    ])
  })

  test('401 names the scheme, and the fault where a token was sent', async () => {
    const missing = await problem('/api/orders', {})
    expect(missing.response.headers.get('www-authenticate')).toBe('Bearer realm="orderwire"')
    const bad = await problem('/api/orders', { token: 'x.y.z' })
    expect(bad.response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('another method is 405 and names those that are allowed', async () => {
    const { response, body } = await problem('/api/orders', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(body.code).toBe('method_not_allowed')
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
    const one = await problem('/api/orders/some-id/cancel', {})
    expect(one.response.headers.get('allow')).toBe('POST')
  })

  test('a streamed body without a length is cut off too', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(100_000))
    let left = 5
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk)
        else controller.close()
      },
    })
    const response = await fetch(`${server.url}/api/orders`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${alice}` },
    })
    expect(response.status).toBe(413)
  })
})

describe('every answer', () => {
  test('carries the security headers, and nothing about the software', async () => {
    for (const path of ['/api/products', '/api/nothing', '/openapi']) {
      const { headers } = await server.request(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('server')).toBeNull()
    }
  })

  test('is readable from the allowed origins only', async () => {
    const allowed = async (origin: string, path: string) =>
      (await server.request(path, { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      )
    expect(await allowed('https://shop.example', '/api/products')).toBe('https://shop.example')
    expect(await allowed('https://shop.example', '/api/orders')).toBe('https://shop.example')
    expect(await allowed('https://evil.example', '/api/products')).toBeNull()
    expect(await allowed('https://shop.example.evil', '/api/products')).toBeNull()
  })

  test('is logged at debug, without the query', async () => {
    await server.request('/api/products?secret=1')
    expect(server.logLines).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/api/products', status: 200 }),
    )
    expect(JSON.stringify(server.logLines)).not.toContain('secret=1')
  })
})

describe('health', () => {
  test('says that it is alive, ready, and how far it is', async () => {
    expect(await (await server.request('/health/live')).json()).toEqual({ status: 'live' })
    const ready = await server.request('/health/ready')
    expect(ready.status).toBe(200)
    expect(ready.headers.get('cache-control')).toBe('no-store')
    const body = (await ready.json()) as Record<string, unknown>
    const orders = (await (await server.request('/api/orders', { token: alice })).json()) as {
      cursor: string
    }
    expect(body).toEqual({
      status: 'ready',
      engine: 'embedded',
      position: orders.cursor,
      ageMs: 0,
      pendingAgeMs: 0,
    })
  })
})

describe('the description of the API', () => {
  test('lists the routes and what they need', async () => {
    const document = (await (await server.request('/openapi/json')).json()) as {
      paths: Record<string, Record<string, { security?: unknown[] }>>
    }
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/admin/dead-letters',
      '/api/admin/dead-letters/{id}',
      '/api/admin/dead-letters/{id}/redrive',
      '/api/admin/orders',
      '/api/admin/orders/{id}',
      '/api/admin/products',
      '/api/admin/products/{id}',
      '/api/admin/revocations',
      '/api/admin/stats',
      '/api/demo/sign-in',
      '/api/orders',
      '/api/orders/{id}',
      '/api/orders/{id}/cancel',
      '/api/products',
      '/api/settings',
      '/health/live',
      '/health/ready',
      '/metrics',
    ])
    // No schema that nothing could satisfy.
    expect(JSON.stringify(document)).not.toContain('"not":{}')
    expect(document.paths['/api/orders']?.post?.security).toEqual([{ bearer: [] }])
    expect(document.paths['/api/products']?.get?.security).toBeUndefined()
  })

  test('comes as a page whose files are all from here', async () => {
    const page = await (await server.request('/openapi')).text()
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
    expect(links).toHaveLength(4)
    for (const link of links) {
      expect(link).toStartWith('/openapi/assets/')
      expect((await server.request(link)).status).toBe(200)
    }
    expect(page).not.toMatch(/<script>|<style>| on\w+=/)
  })

  test('serves no other file of the package', async () => {
    for (const name of ['package.json', 'index.html', '..%2felysia%2fpackage.json']) {
      expect((await server.request(`/openapi/assets/${name}`)).status).toBe(404)
    }
  })
})

describe('sign-in', () => {
  test('is told to front ends', async () => {
    expect(await (await server.request('/api/settings')).json()).toEqual({
      demoSignIn: true,
      currency: 'EUR',
      taxPercent: 19,
      staffRole: 'staff',
      orders: 'on',
      deadLetters: false,
    })
  })

  test('refuses a name of blanks', async () => {
    const { body } = await problem('/api/demo/sign-in', { json: { name: '  ' } })
    expect(body).toMatchObject({ status: 422, field: 'name' })
  })

  test('with any name is out of reach for a page that calls this machine by its own name', async () => {
    const answers = async (host: string) =>
      (await server.request('/api/settings', { headers: { host } })).status
    expect(await answers('evil.example')).toBe(421)
    expect(await answers(`localhost.evil.example:${server.port}`)).toBe(421)
    expect(await answers('localhost:3000')).toBe(200)
    expect(await answers('[::1]:3009')).toBe(200)
    expect(await answers('shop.example')).toBe(200)
  })

  test('with any name is off where a secret is configured', async () => {
    const closed = await startTestServer({
      JWT_SECRET: 'a secret of at least thirty-two bytes',
      HOST: '127.0.0.1',
    })
    const response = await closed.request('/api/demo/sign-in', { json: { name: 'sam' } })
    expect(response.status).toBe(404)
    expect((await closed.request('/api/admin/stats', { token: sam })).status).toBe(401)
    expect(await (await closed.request('/api/settings')).json()).toMatchObject({
      demoSignIn: false,
    })
    await closed.stop()
  })
})

describe('a revocation', () => {
  const ask = async (token: string) => (await server.request('/api/orders', { token })).status

  test('ends the tokens of its subject, at once and for good', async () => {
    const carol = await server.signIn('carol')
    expect(await ask(carol)).toBe(200)
    const revoked = await server.request('/api/admin/revocations', {
      token: sam,
      json: { subject: 'carol' },
    })
    expect(revoked.status).toBe(201)
    expect(await ask(carol)).toBe(401)
    expect(await ask(alice)).toBe(200)
    await server.restart()
    expect(await ask(carol)).toBe(401)
    expect(await ask(alice)).toBe(200)
  })

  test('closes the sockets of its subject, and no other', async () => {
    const connect = async (name: string) => {
      const socket = await connectSocket(server.wsUrl)
      socket.send({ event: 'auth', data: { token: await server.signIn(name) } })
      await socket.nextOf('authenticated')
      return socket
    }
    const [dora, alan] = await Promise.all([connect('dora'), connect('alan')])
    const json = { subject: 'dora' }
    expect((await server.request('/api/admin/revocations', { token: sam, json })).status).toBe(201)
    expect((await dora.closed).code).toBe(CLOSE_CODES.unauthorized.code)
    alan.send({ event: 'subscribe:orders', data: {} })
    await alan.nextOf('caught-up')

    const metrics = await (await server.request('/metrics')).text()
    expect(metrics).toMatch(/^orderwire_sockets 1$/m)
    expect(metrics).toMatch(/^orderwire_sockets_closed_total\{code="4401"\} 1$/m)
  })

  test('is for staff', async () => {
    const json = { subject: 'sam' }
    const { status } = await problem('/api/admin/revocations', { token: alice, json })
    expect(status).toBe(403)
  })
})

test('a server that is to end asks for each connection to be closed, whatever it answers', async () => {
  const leaving = await startTestServer({ DRAIN_WAIT_MS: '1000' })
  const ask = async (path: string, token?: string) =>
    (await leaving.request(path, { token })).headers.get('connection')
  const paths = ['/', '/api/products', '/api/nothing', '/health/ready', '/metrics']
  for (const path of paths) expect(await ask(path)).not.toBe('close')
  const stopped = leaving.stop()
  for (const path of paths) expect(await ask(path)).toBe('close')
  expect(await ask('/api/orders', 'bad')).toBe('close')
  await stopped
})
