import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { LogEntry } from '../event-log/event-log'
import type { Order, OrderChange } from '../protocol/order'
import type { Stats } from '../protocol/stats'
import { startTestServer } from '../testing/test-server'
import type { TestRequest, TestServer } from '../testing/test-server'
import { ADDRESS } from './features/samples'
import { SAMPLE_PRODUCTS } from './seed'

type Detail = Order & { readonly history: readonly OrderChange[] }
interface List<Item> {
  readonly items: readonly Item[]
  readonly cursor: string | null
  readonly next: string | null
}
interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}
type Problem = Readonly<Record<string, unknown>> & {
  readonly code: string
  readonly field?: string
}

let server: TestServer
let alice: string
let bob: string
let sam: string

beforeAll(async () => {
  server = await startTestServer()
  alice = await server.signIn('alice')
  bob = await server.signIn('bob')
  sam = await server.signIn('sam', 'staff')
})
afterAll(() => server.stop())

async function ask<Body = Problem>(path: string, options?: TestRequest): Promise<Answer<Body>> {
  const response = await server.request(`/api${path}`, options)
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  expect(type).toStartWith(response.ok ? 'application/json' : 'application/problem+json')
  const { status, headers } = response
  return { status, headers, body: JSON.parse(text) as Body }
}

const CUPS = { items: [{ productId: 'espresso-cup', quantity: 2 }], shippingAddress: ADDRESS }

function order(token = alice, json: unknown = CUPS, headers: Record<string, string> = {}) {
  return ask<Order>('/orders', { token, json, headers })
}

function refused(json: unknown, headers: Record<string, string> = {}) {
  return ask('/orders', { token: alice, json, headers })
}

function patch<Body = Problem>(id: string, json: unknown, ifMatch?: string, token = sam) {
  const headers = ifMatch === undefined ? undefined : { 'if-match': ifMatch }
  return ask<Body>(`/admin/orders/${id}`, { method: 'PATCH', token, json, headers })
}

function cancel<Body = Problem>(id: string, options: TestRequest = {}) {
  return ask<Body>(`/orders/${id}/cancel`, { method: 'POST', token: alice, ...options })
}

/** The status of the answer to a body that is sent as it is. */
async function post(path: string, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${alice}`, 'content-type': 'application/json' }
  return (await fetch(`${server.url}/api${path}`, { method: 'POST', headers, body })).status
}

/** Events in the log; `of` an order: its own. */
async function events(of?: string): Promise<readonly { name: string; data: string }[]> {
  const entries: readonly LogEntry[] = await server.running.engine.log.newest(100_000, 1e9)
  return entries
    .filter((entry) => entry.kind === 'event')
    .map(({ event }) => event)
    .filter(({ data }) => of === undefined || (JSON.parse(data) as Order).orderId === of)
}

test('the products need no sign-in', async () => {
  const { status, body } = await ask<List<object>>('/products')
  expect(status).toBe(200)
  expect(body).toEqual({ items: [...SAMPLE_PRODUCTS], cursor: null, next: null })
})

describe('placing an order', () => {
  test('answers the whole order, where it is, and its version', async () => {
    const { status, headers, body } = await order()
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/api/orders/${body.orderId}`)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toMatchObject({
      buyerId: 'alice',
      currency: 'EUR',
      subtotal: 2_900,
      tax: 551,
      total: 3_451,
      status: 'pending',
      shippingAddress: ADDRESS,
      version: 1,
    })
    expect(await events(body.orderId)).toMatchObject([
      { name: 'created', data: JSON.stringify(body) },
    ])
  })

  test('uses no price that the client sent', async () => {
    const item = { productId: 'espresso-cup', quantity: 1, unitPrice: 1, total: 1, name: 'Gold' }
    const forged = {
      total: 1,
      subtotal: 1,
      tax: 0,
      buyerId: 'bob',
      status: 'delivered',
      version: 9,
    }
    const { status, body } = await order(alice, { ...CUPS, ...forged, items: [item] })
    expect(status).toBe(201)
    expect(body).toMatchObject({ buyerId: 'alice', subtotal: 1_450, status: 'pending', version: 1 })
    expect(body.items[0]).toMatchObject({ name: 'Espresso Cup', unitPrice: 1_450, total: 1_450 })
  })

  test.each([
    ['items', { ...CUPS, items: [] }],
    ['items', { ...CUPS, items: Array(51).fill(CUPS.items[0]) }],
    ['items', { shippingAddress: ADDRESS }],
    ['items[0].quantity', { ...CUPS, items: [{ productId: 'espresso-cup', quantity: 0 }] }],
    ['items[0].quantity', { ...CUPS, items: [{ productId: 'espresso-cup', quantity: '2' }] }],
    ['items[0].quantity', { ...CUPS, items: [{ productId: 'espresso-cup', quantity: 1.5 }] }],
    ['items[0].quantity', { ...CUPS, items: [{ productId: 'espresso-cup' }] }],
    ['items[1].quantity', { ...CUPS, items: [CUPS.items[0], { ...CUPS.items[0], quantity: 98 }] }],
    ['items[1].productId', { ...CUPS, items: [CUPS.items[0], { productId: 'gold', quantity: 1 }] }],
    ['shippingAddress', { items: CUPS.items }],
    ['shippingAddress.city', { ...CUPS, shippingAddress: { ...ADDRESS, city: '' } }],
    ['shippingAddress.city', { ...CUPS, shippingAddress: { ...ADDRESS, city: '  ' } }],
    ['shippingAddress.name', { ...CUPS, shippingAddress: { ...ADDRESS, name: 'a'.repeat(201) } }],
    ['shippingAddress.country', { ...CUPS, shippingAddress: { ...ADDRESS, country: 'Germany' } }],
  ])('names %s where it is at fault', async (field, json) => {
    const before = await events()
    const { status, body } = await refused(json)
    expect([status, body.field]).toEqual([422, field])
    expect(body.detail).toContain('expected')
    expect(body.detail).toContain(field)
    expect(await events()).toEqual(before)
  })

  test('needs a token, whatever else is wrong', async () => {
    expect((await ask('/orders', { json: {} })).status).toBe(401)
  })

  test.each(['{bad', '', '[1,'])('refuses the body %j, which is no JSON', async (body) => {
    expect(await post('/orders', body)).toBe(400)
  })

  test('with a key places one order', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const first = await order(alice, CUPS, key)
    const again = await order(alice, { ...CUPS, total: 1 }, key)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect([...again.headers].filter(([name]) => /etag|location/.test(name))).toEqual(
      [...first.headers].filter(([name]) => /etag|location/.test(name)),
    )
    const other = { ...CUPS, items: [{ productId: 'espresso-cup', quantity: 3 }] }
    expect(await refused(other, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await order(bob, other, key)).status).toBe(201)
    expect(await events(first.body.orderId)).toHaveLength(1)
  })

  test('with a key places one order for requests that race', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => order(alice, CUPS, key)))
    const orders = answers.filter(({ status }) => status === 201).map(({ body }) => body.orderId)
    expect(new Set(orders).size).toBe(1)
    for (const { status, headers, body } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, headers.get('retry-after')]).toEqual([409, '1'])
      expect(body).toMatchObject({ code: 'idempotency_in_flight' })
    }
  })

  test('refuses a key that is none', async () => {
    expect(await refused(CUPS, { 'idempotency-key': 'a'.repeat(256) })).toMatchObject({
      status: 400,
      body: { code: 'invalid_idempotency_key', field: 'Idempotency-Key' },
    })
  })
})

describe('reading orders', () => {
  test('is for their customer and for staff', async () => {
    const { body: placed } = await order()
    const path = `/orders/${placed.orderId}`
    for (const token of [alice, sam]) {
      const { status, headers, body } = await ask<Detail>(path, { token })
      expect([status, headers.get('etag')]).toEqual([200, '"1"'])
      const { history, ...rest } = body
      expect(rest).toEqual(placed)
      expect(history).toEqual([
        { version: 1, status: 'pending', at: placed.createdAt, by: 'alice' },
      ])
    }
    expect(await ask(path, { token: bob })).toMatchObject({
      status: 404,
      body: { code: 'order_not_found' },
    })
    expect((await ask('/orders/nowhere', { token: alice })).status).toBe(404)
    expect((await ask(path)).status).toBe(401)
  })

  test('in pages misses none', async () => {
    const carol = await server.signIn('carol')
    const ids: string[] = []
    for (let count = 0; count < 5; count++) ids.unshift((await order(carol)).body.orderId)
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const query: string = next === '' ? '' : `&next=${encodeURIComponent(next)}`
      const { body }: Answer<List<Order>> = await ask(`/orders?limit=2${query}`, { token: carol })
      expect(body.cursor).toMatch(/^\d+\.[0-9a-f]{8}$/)
      seen.push(...body.items.map(({ orderId }) => orderId))
      next = body.next
    }
    expect(seen).toEqual(ids)
  })

  test.each([
    ['limit=0', 422, 'limit'],
    ['limit=101', 422, 'limit'],
    ['limit=x', 422, 'limit'],
    ['next=x', 400, 'next'],
    ['next=', 422, 'next'],
    ['cursor=1.00000000', 422, 'cursor'],
    ['limit=1&limit=2', 422, 'limit'],
  ])('refuses ?%s', async (query, status, field) => {
    const answer = await ask(`/orders?${query}`, { token: alice })
    expect([answer.status, answer.body.field]).toEqual([status, field])
  })
})

describe('cancelling', () => {
  test('needs no body, and the second time changes nothing', async () => {
    const { orderId } = (await order()).body
    const first = await cancel<Order>(orderId)
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"'])
    expect(first.body).toMatchObject({ status: 'cancelled', version: 2 })
    expect(first.body).not.toHaveProperty('reason')
    const junk = await cancel<Order>(orderId, { headers: { 'if-match': 'junk' } })
    expect([junk.status, junk.body.version]).toEqual([200, 2])
    const stale = { headers: { 'if-match': '"1"' }, json: { reason: 'again' } }
    const second = await cancel<Order>(orderId, stale)
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"'])
    expect(second.body).toEqual(first.body)
    expect((await events(orderId)).map(({ name }) => name)).toEqual(['created', 'cancelled'])
  })

  test.each([
    ['{bad', 400],
    ['[]', 422],
    ['"why"', 422],
    ['null', 422],
    ['{"reason":5}', 422],
    ['', 200],
    ['{}', 200],
  ])('answers the body %j with %i', async (body, status) => {
    const { orderId } = (await order()).body
    expect(await post(`/orders/${orderId}/cancel`, body)).toBe(status)
    expect(await events(orderId)).toHaveLength(status === 200 ? 2 : 1)
  })

  test('keeps the reason', async () => {
    const { orderId } = (await order()).body
    const { body } = await cancel<Order>(orderId, { json: { reason: ' Ordered twice ' } })
    expect(body.reason).toBe('Ordered twice')
    const { history } = (await ask<Detail>(`/orders/${orderId}`, { token: alice })).body
    expect(history.at(-1)).toMatchObject({ by: 'alice', reason: 'Ordered twice', version: 2 })
    const long = await cancel(orderId, { json: { reason: 'a'.repeat(501) } })
    expect([long.status, long.body.field]).toEqual([422, 'reason'])
  })

  test('is refused once it is shipped, and to others always', async () => {
    const { orderId } = (await order()).body
    expect((await cancel(orderId, { token: bob })).status).toBe(404)
    expect((await cancel(orderId, { headers: { 'if-match': '"7"' } })).status).toBe(412)
    expect((await cancel(orderId, { token: sam })).status).toBe(428)
    await patch(orderId, { status: 'processing' }, '"1"')
    await patch(orderId, { status: 'shipped' }, '"2"')
    expect(await cancel(orderId)).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition', allowed: ['delivered'] },
    })
  })
})

describe('staff', () => {
  test('are named to each other, and to customers not', async () => {
    const { orderId } = (await order()).body
    await patch(orderId, { status: 'processing' }, '"1"')
    const by = async (token: string) => {
      const { history } = (await ask<Detail>(`/orders/${orderId}`, { token })).body
      return history.map((change) => change.by)
    }
    expect(await by(alice)).toEqual(['alice', 'staff'])
    expect(await by(sam)).toEqual(['alice', 'sam'])
  })

  test('are those with the role', async () => {
    const { orderId } = (await order()).body
    for (const path of ['/admin/orders', '/admin/stats']) {
      expect((await ask(path)).status).toBe(401)
      expect((await ask(path, { token: alice })).status).toBe(403)
    }
    expect((await patch(orderId, { status: 'processing' }, '"1"', alice)).status).toBe(403)
    expect(await events(orderId)).toHaveLength(1)
  })

  test('change the status of the version that they saw', async () => {
    const { orderId } = (await order()).body
    const to = { status: 'processing' }
    expect(await patch(orderId, to)).toMatchObject({
      status: 428,
      body: { code: 'precondition_required' },
    })
    for (const stale of ['"2"', 'W/"1"', '"a"']) {
      expect(await patch(orderId, to, stale)).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed', current: { status: 'pending', version: 1 } },
      })
    }
    expect(await patch(orderId, to, '1')).toMatchObject({
      status: 400,
      body: { code: 'invalid_if_match', field: 'If-Match' },
    })
    expect(await patch(orderId, { status: 'delivered' }, '"1"')).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition', allowed: ['processing', 'cancelled'] },
    })
    expect(await patch(orderId, { status: 'lost' }, '"1"')).toMatchObject({
      status: 422,
      body: { field: 'status' },
    })
    expect((await patch('nowhere', to, '*')).status).toBe(404)
    const changed = await patch<Order>(orderId, to, '"1", "9"')
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"'])
    expect(changed.body).toMatchObject({ status: 'processing', version: 2 })
    const cancelled = await patch<Order>(orderId, { status: 'cancelled', reason: 'Sold out' }, '*')
    expect(cancelled.body).toMatchObject({ status: 'cancelled', reason: 'Sold out', version: 3 })
    const logged = await events(orderId)
    expect(logged.map(({ name }) => name)).toEqual(['created', 'updated', 'cancelled'])
    expect(logged.at(-1)!.data).toBe(JSON.stringify(cancelled.body))
  })

  test('search and filter', async () => {
    const dora = await server.signIn('Dora')
    const { orderId } = (await order(dora)).body
    const find = async (query: string) =>
      (await ask<List<Order>>(`/admin/orders?${query}`, { token: sam })).body.items.map(
        (item) => item.orderId,
      )
    expect(await find(`search=${encodeURIComponent(`#${orderId.slice(-8)}`)}`)).toEqual([orderId])
    expect(await find('search=dora%20espr')).toEqual([orderId])
    expect(await find('search=dora&status=pending')).toEqual([orderId])
    expect(await find('search=dora&status=shipped')).toEqual([])
    expect(await find('limit=1')).toHaveLength(1)
    const bad = await ask('/admin/orders?status=lost', { token: sam })
    expect([bad.status, bad.body.field]).toEqual([422, 'status'])
  })

  test('read the figures', async () => {
    const read = async () => (await ask<Stats>('/admin/stats', { token: sam })).body
    const before = await read()
    const { orderId, total } = (await order()).body
    const after = await read()
    expect(after.all.orders - before.all.orders).toBe(1)
    expect(after.all.revenue[0]!.amount - before.all.revenue[0]!.amount).toBe(total)
    await cancel(orderId)
    expect((await read()).all.revenue).toEqual(before.all.revenue)
  })
})

test('the API description tells of every route, its answers and its problems', async () => {
  const response = await server.request('/openapi/json')
  const description = (await response.json()) as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, object> }
  }
  const routes = [
    ['get', '/api/products', ['200']],
    ['post', '/api/orders', ['201', '400', '401', '409', '422']],
    ['get', '/api/orders', ['200', '400', '401', '422']],
    ['get', '/api/orders/{id}', ['200', '401', '404']],
    ['post', '/api/orders/{id}/cancel', ['200', '400', '401', '404', '409', '412', '422', '428']],
    ['get', '/api/admin/orders', ['200', '400', '401', '403', '422']],
    [
      'patch',
      '/api/admin/orders/{id}',
      ['200', '400', '401', '403', '404', '409', '412', '422', '428'],
    ],
    ['get', '/api/admin/stats', ['200', '401', '403']],
    ['get', '/api/admin/products', ['200', '401', '403']],
    ['post', '/api/admin/products', ['201', '400', '401', '403', '409', '422']],
    ['patch', '/api/admin/products/{id}', ['200', '400', '401', '403', '404', '412', '422', '428']],
  ] as const
  for (const [method, path, statuses] of routes) {
    const operation = description.paths[path]![method]!
    expect(operation.summary).toBeString()
    expect([path, Object.keys(operation.responses)]).toEqual([path, [...statuses]])
    for (const reference of JSON.stringify(operation).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(Object.keys(description.components.schemas)).toContain(reference[1]!)
    }
  }
  const names = (operation: Operation) => operation.parameters?.map(({ name }) => name)
  expect(names(description.paths['/api/orders']!.post!)).toContain('idempotency-key')
  expect(names(description.paths['/api/admin/orders/{id}']!.patch!)).toContain('if-match')
})

interface Operation {
  readonly summary?: string
  readonly parameters?: readonly { readonly name: string }[]
  readonly responses: Readonly<Record<string, object>>
}
