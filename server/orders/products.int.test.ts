import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Order } from '../protocol/order'
import { startTestServer } from '../testing/test-server'
import type { TestRequest, TestServer } from '../testing/test-server'
import { ADDRESS } from './features/samples'
import type { Product } from './product'
import { SAMPLE_PRODUCTS } from './seed'

/** Products over REST: what staff may, and what customers see of it. */
type Body = Omit<Order & Product, 'items'> & {
  readonly code: string
  readonly field: string
  readonly current: Product
  readonly items: readonly Product[]
}

let server: TestServer
let alice: string
let sam: string

beforeAll(async () => {
  server = await startTestServer()
  alice = await server.signIn('alice')
  sam = await server.signIn('sam', 'staff')
})
afterAll(() => server.stop())

async function ask(path: string, options?: TestRequest) {
  const response = await server.request(`/api${path}`, options)
  const body = (await response.json()) as Body
  return { status: response.status, etag: response.headers.get('etag'), body }
}

function add(json: unknown, token = sam) {
  return ask('/admin/products', { token, json })
}

function change(id: string, json: unknown, ifMatch?: string, token = sam) {
  const headers = ifMatch === undefined ? undefined : { 'if-match': ifMatch }
  return ask(`/admin/products/${id}`, { method: 'PATCH', token, json, headers })
}

async function listed(path: string, token?: string): Promise<readonly string[]> {
  const { body } = await ask(path, token === undefined ? {} : { token })
  return body.items.map(({ id }) => id)
}

function order(productId: string) {
  return ask('/orders', {
    token: alice,
    json: { items: [{ productId, quantity: 1 }], shippingAddress: ADDRESS },
  })
}

test('are managed by staff alone', async () => {
  for (const [token, status] of [
    [undefined, 401],
    [alice, 403],
  ] as const) {
    const as = token === undefined ? {} : { token }
    expect((await ask('/admin/products', as)).status).toBe(status)
    expect((await ask('/admin/products', { ...as, json: {} })).status).toBe(status)
    const patch = { ...as, method: 'PATCH', json: { price: 1 } }
    expect((await ask('/admin/products/tea-towel', patch)).status).toBe(status)
  }
  const { body } = await ask('/products')
  expect(body.items).toEqual([...SAMPLE_PRODUCTS])
})

test('are added, changed, hidden and shown', async () => {
  const added = await add({ id: 'tea-pot', name: 'Tea Pot', price: 3_200 })
  expect([added.status, added.etag]).toEqual([201, '"1"'])
  expect(added.body).toMatchObject({ currency: 'EUR', picture: null, active: true, version: 1 })
  expect((await listed('/products')).at(-1)).toBe('tea-pot')

  const dearer = await change('tea-pot', { price: 3_500, picture: 'tea-towel.svg' }, '"1"')
  expect([dearer.status, dearer.etag]).toEqual([200, '"2"'])
  const placed = await order('tea-pot')
  expect(placed.body.subtotal).toBe(3_500)

  expect((await change('tea-pot', { active: false }, '"2"')).body.version).toBe(3)
  expect(await listed('/products')).not.toContain('tea-pot')
  expect((await listed('/admin/products', sam)).at(-1)).toBe('tea-pot')
  expect(await order('tea-pot')).toMatchObject({
    status: 422,
    body: { code: 'unknown_product', field: 'items[0].productId' },
  })
  const kept = await ask(`/orders/${placed.body.orderId}`, { token: alice })
  expect(kept.body).toMatchObject(placed.body)

  expect((await change('tea-pot', { active: true }, '*')).status).toBe(200)
  expect((await order('tea-pot')).status).toBe(201)
})

test('are changed by whoever saw the newest version', async () => {
  expect(await change('tea-towel', { price: 1_000 })).toMatchObject({
    status: 428,
    body: { code: 'precondition_required' },
  })
  expect((await change('tea-towel', { price: 1_000 }, 'x')).body.field).toBe('If-Match')
  expect((await change('tea-towel', { price: 1_000 }, '"1"')).status).toBe(200)
  const again = await change('tea-towel', { price: 1_000 }, '"1"')
  expect([again.status, again.etag]).toEqual([200, '"2"'])
  expect(await change('tea-towel', { price: 1_100 }, '"1"')).toMatchObject({
    status: 412,
    body: { code: 'precondition_failed', current: { price: 1_000, version: 2 } },
  })
  expect((await change('nothing', { price: 1 }, '*')).status).toBe(404)
})

const POT = { id: 'pot', name: 'Pot', price: 1 }
test.each([
  ['id', { ...POT, id: 'Tea Pot' }, 422],
  ['id', { ...POT, id: 'espresso-cup' }, 409],
  ['id', { name: 'Pot', price: 1 }, 422],
  ['name', { ...POT, name: ' ' }, 422],
  ['name', { id: 'pot', price: 1 }, 422],
  ['price', { ...POT, price: 0 }, 422],
  ['price', { ...POT, price: 1.5 }, 422],
  ['price', { ...POT, price: '1' }, 422],
  ['price', { id: 'pot', name: 'Pot' }, 422],
  ['picture', { ...POT, picture: '/etc/passwd' }, 422],
  ['picture', { ...POT, picture: 1 }, 422],
  ['active', { ...POT, active: 'no' }, 422],
])('are refused with the name of %s where it is at fault: %j', async (field, json, status) => {
  const answer = await add(json)
  expect([answer.status, answer.body.field]).toEqual([status, field])
  expect(await listed('/admin/products', sam)).not.toContain('pot')
})

test.each([
  ['body', {}],
  ['body', { prize: 5 }],
  ['name', { name: 'a'.repeat(201) }],
  ['price', { price: null }],
  ['picture', { picture: 'x.html' }],
])('a change names %s where it is at fault: %j', async (field, json) => {
  const answer = await change('linen-apron', json, '*')
  expect([answer.status, answer.body.field]).toEqual([422, field])
})
