import { expect, test } from 'bun:test'
import { createApi } from './api'
import { Problem } from './problem'

interface Sent {
  readonly path: string
  readonly init: RequestInit
}

function setUp(answer: () => Promise<Response>, token: string | null = 'a.b.c') {
  const sent: Sent[] = []
  const refused: string[] = []
  const api = createApi({
    token: () => token,
    onRefusedToken: (refusedToken) => void refused.push(refusedToken),
    fetch: (path, init) => {
      sent.push({ path, init })
      return answer()
    },
  })
  return { api, sent, refused }
}

async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Problem) return error
  throw new Error('Expected a problem.')
}

test('sends who asks, what was seen, and the key of a retry', async () => {
  const { api, sent } = setUp(async () => Response.json({}))
  await api.changeStatus('a/b', 3, { status: 'shipped' })
  await api.placeOrder({ items: [], shippingAddress: {} as never }, 'key-1')
  await api.allOrders({ status: 'pending', search: 'a & b', limit: 50 })
  await api.cancelOrder('c', '')
  expect(sent[0]).toMatchObject({
    path: '/api/admin/orders/a%2Fb',
    init: { method: 'PATCH', headers: { 'if-match': '"3"', authorization: 'Bearer a.b.c' } },
  })
  expect(sent[1]?.init.headers).toMatchObject({ 'idempotency-key': 'key-1' })
  expect(sent[2]?.path).toBe('/api/admin/orders?status=pending&search=a+%26+b&limit=50')
  expect(sent[3]).toMatchObject({ path: '/api/orders/c/cancel', init: { body: '{}' } })
})

test('tells the fields at fault, named and worded for a form', async () => {
  const { api } = setUp(async () =>
    Response.json(
      {
        code: 'invalid_request',
        detail: 'shippingAddress.city: expected some text',
        errors: [
          { field: 'shippingAddress.city', detail: 'shippingAddress.city: expected some text' },
          { field: 'items[0].quantity', detail: 'too many' },
        ],
      },
      { status: 422 },
    ),
  )
  const problem = await problemOf(api.products())
  expect(problem.status).toBe(422)
  expect([...problem.fieldErrors()]).toEqual([
    ['shippingAddress.city', 'Expected some text'],
    ['items.0.quantity', 'Too many'],
  ])
})

test('reports a token that was refused, and none where none was sent', async () => {
  const refuse = async () => Response.json({ code: 'token_expired', detail: 'x' }, { status: 401 })
  const signedIn = setUp(refuse)
  await problemOf(signedIn.api.myOrders())
  expect(signedIn.refused).toEqual(['a.b.c'])
  const nobody = setUp(refuse, null)
  await problemOf(nobody.api.myOrders())
  expect(nobody.refused).toEqual([])
})

test('no answer, and one that is no JSON, are problems with words of their own', async () => {
  const unreachable = setUp(async () => {
    throw new TypeError('failed to fetch')
  })
  expect(await problemOf(unreachable.api.stats())).toMatchObject({ code: 'unreachable', status: 0 })
  const proxy = setUp(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  expect(await problemOf(proxy.api.stats())).toMatchObject({ code: 'unreadable', status: 502 })
})
