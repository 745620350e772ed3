import type { Cursor } from '../../server/protocol/cursor'
import type { Address, Order, OrderChange } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import type { Stats } from '../../server/protocol/stats'
import { Problem, readProblem } from './problem'

export interface Product {
  readonly productId: string
  readonly name: string
  readonly description: string
  /** Integer of the currency's minor unit. */
  readonly price: number
  readonly currency: string
}

export interface Settings {
  /** Anybody may sign in by a name; otherwise a token comes from the shop's own sign-in. */
  readonly demoSignIn: boolean
  readonly taxPercent: number
  /** The role that makes staff. */
  readonly staffRole: string
}

/** A page of a list; `cursor` is where live events continue, `next` where the next page starts. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly cursor: Cursor
  readonly next: string | null
}

export interface OrderWithHistory extends Order {
  readonly history: readonly OrderChange[]
}

export interface NewOrder {
  readonly items: readonly { readonly productId: string; readonly quantity: number }[]
  readonly shippingAddress: Address
}

export interface OrderQuery {
  readonly status?: OrderStatus
  readonly search?: string
  readonly limit?: number
  readonly next?: string
}

export type Role = 'customer' | 'staff'

/** The REST side of the shop. Every method rejects with a `Problem`. */
export interface Api {
  settings(): Promise<Settings>
  products(): Promise<readonly Product[]>
  signIn(name: string, role: Role): Promise<string>
  placeOrder(order: NewOrder, idempotencyKey: string): Promise<Order>
  myOrders(query?: Pick<OrderQuery, 'limit' | 'next'>, signal?: AbortSignal): Promise<Page<Order>>
  order(orderId: string): Promise<OrderWithHistory>
  /** @param seenVersion required from staff for somebody's order; 412 when it is not the newest */
  cancelOrder(orderId: string, reason: string, seenVersion?: number): Promise<Order>
  allOrders(query?: OrderQuery, signal?: AbortSignal): Promise<Page<Order>>
  /** Rejects with 412 when `seenVersion` is no longer the newest: nothing is overwritten. */
  changeStatus(
    orderId: string,
    seenVersion: number,
    change: { readonly status: OrderStatus; readonly reason?: string },
  ): Promise<Order>
  stats(): Promise<Stats>
}

export interface ApiDeps {
  /** The token to send, or null for nobody. */
  readonly token: () => string | null
  /** Called when the server refuses the token that was sent (401). */
  readonly onRefusedToken: (token: string) => void
  readonly fetch?: (path: string, init: RequestInit) => Promise<Response>
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

export function createApi(deps: ApiDeps): Api {
  const send = deps.fetch ?? ((path, init) => fetch(path, init))

  async function call<Answer>(
    path: string,
    { method = 'GET', body, headers, signal }: Call = {},
  ): Promise<Answer> {
    const token = deps.token()
    const response = await send(`/api${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error
      throw Problem.own('unreachable', 0, error)
    })
    if (!response.ok) {
      if (response.status === 401 && token !== null) deps.onRefusedToken(token)
      throw await readProblem(response)
    }
    return response.json().catch((error: unknown) => {
      throw Problem.own('unreadable', response.status, error)
    }) as Promise<Answer>
  }

  const post = (body: unknown, headers?: Call['headers']): Call => ({
    method: 'POST',
    body,
    headers,
  })

  return {
    settings: () => call<Settings>('/settings'),
    products: async () => (await call<{ items: readonly Product[] }>('/products')).items,
    signIn: async (name, role) =>
      (await call<{ token: string }>('/demo/sign-in', post({ name, role }))).token,
    placeOrder: (order, idempotencyKey) =>
      call<Order>('/orders', post(order, { 'idempotency-key': idempotencyKey })),
    myOrders: (query = {}, signal) => call<Page<Order>>(`/orders${queryString(query)}`, { signal }),
    order: (orderId) => call<OrderWithHistory>(orderPath(orderId)),
    cancelOrder: (orderId, reason, seenVersion) =>
      call<Order>(
        `${orderPath(orderId)}/cancel`,
        post(
          reason === '' ? {} : { reason },
          seenVersion === undefined ? {} : { 'if-match': `"${seenVersion}"` },
        ),
      ),
    allOrders: (query = {}, signal) =>
      call<Page<Order>>(`/admin/orders${queryString(query)}`, { signal }),
    changeStatus: (orderId, seenVersion, change) =>
      call<Order>(`/admin${orderPath(orderId)}`, {
        method: 'PATCH',
        body: change,
        headers: { 'if-match': `"${seenVersion}"` },
      }),
    stats: () => call<Stats>('/admin/stats'),
  }
}

function orderPath(orderId: string): string {
  return `/orders/${encodeURIComponent(orderId)}`
}

/** `?a=1&b=2` of the members that have a value, or `''`. */
function queryString(query: OrderQuery): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
