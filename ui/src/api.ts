import type { App } from '../../server/app'
import type { Cursor } from '../../server/protocol/cursor'
import type { Order } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import type { Stats } from '../../server/protocol/stats'
import { Problem, readProblem } from './problem'

/** What the server answers, route by route: its own types, so that the two cannot drift apart. */
type Routes = App['~Routes']['api']
type Answer<Route extends { readonly response: { readonly 200: unknown } }> = Route['response'][200]

export type Settings = Answer<Routes['settings']['get']>
export type Product = Answer<Routes['products']['get']>['items'][number]
export type NewProduct = Routes['admin']['products']['post']['body']
export type ProductChange = Routes['admin']['products'][':id']['patch']['body']
export type OrderWithHistory = Answer<Routes['orders'][':id']['get']>
export type NewOrder = Routes['orders']['post']['body']
type LetterRoutes = Routes['admin']['dead-letters']
export type DeadLetter = Answer<LetterRoutes['get']>['items'][number]
export type DeadLetterDetail = Answer<LetterRoutes[':id']['get']>
export type Role = NonNullable<Routes['demo']['sign-in']['post']['body']['role']>

/**
 * A page of a list; `cursor` is where live events continue (null: nowhere now), `next` where the next
 * page starts.
 */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly cursor: Cursor | null
  readonly next: string | null
}

export interface OrderQuery {
  readonly status?: OrderStatus
  readonly search?: string
  readonly limit?: number
  readonly next?: string
}

interface LetterQuery {
  readonly reason?: string
  readonly limit?: number
  readonly next?: string
}

/** The REST side of the shop. Every method rejects with a `Problem`. */
export interface Api {
  readonly settings: () => Promise<Settings>
  readonly products: () => Promise<readonly Product[]>
  readonly signIn: (name: string, role: Role) => Promise<string>
  readonly placeOrder: (order: NewOrder, idempotencyKey: string) => Promise<Order>
  readonly myOrders: (
    query?: Pick<OrderQuery, 'limit' | 'next'>,
    signal?: AbortSignal,
  ) => Promise<Page<Order>>
  readonly order: (orderId: string) => Promise<OrderWithHistory>
  /** @param seenVersion required from staff for somebody's order; 412 when it is not the newest */
  readonly cancelOrder: (orderId: string, reason: string, seenVersion?: number) => Promise<Order>
  readonly allOrders: (query?: OrderQuery, signal?: AbortSignal) => Promise<Page<Order>>
  /**
   * Rejects with 412 when `seenVersion` is no longer the newest: nothing is overwritten. Is sent
   * also when the page goes away.
   */
  readonly changeStatus: (
    orderId: string,
    seenVersion: number,
    change: { readonly status: OrderStatus; readonly reason?: string },
  ) => Promise<Order>
  readonly stats: () => Promise<Stats>
  /** For staff: the hidden ones too. */
  readonly allProducts: () => Promise<readonly Product[]>
  readonly addProduct: (product: NewProduct) => Promise<Product>
  /** Rejects with 412 when `seenVersion` is no longer the newest: nothing is overwritten. */
  readonly changeProduct: (
    productId: string,
    seenVersion: number,
    change: ProductChange,
  ) => Promise<Product>
  readonly deadLetters: (query: LetterQuery, signal?: AbortSignal) => Promise<Page<DeadLetter>>
  readonly deadLetter: (id: string, signal?: AbortSignal) => Promise<DeadLetterDetail>
  /** Rejects with 409 `already_redriven` where it was sent back before, unless `again`. */
  readonly redriveDeadLetter: (
    id: string,
    again: boolean,
  ) => Promise<Answer<LetterRoutes[':id']['redrive']['post']>>
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
  readonly keepalive?: boolean
}

export function createApi(deps: ApiDeps): Api {
  const send = deps.fetch ?? ((path, init) => fetch(path, init))

  async function call<Result>(
    path: string,
    { method = 'GET', body, headers, signal, keepalive = false }: Call = {},
  ): Promise<Result> {
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
      ...(keepalive && { keepalive }),
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
    }) as Promise<Result>
  }

  const post = (body: unknown, headers?: Call['headers']): Call => ({
    method: 'POST',
    body,
    headers,
  })

  return {
    settings: () => call<Settings>('/settings'),
    products: async () => (await call<Answer<Routes['products']['get']>>('/products')).items,
    signIn: async (name, role) =>
      (await call<Answer<Routes['demo']['sign-in']['post']>>('/demo/sign-in', post({ name, role })))
        .token,
    placeOrder: (order, idempotencyKey) =>
      call<Order>('/orders', post(order, { 'idempotency-key': idempotencyKey })),
    myOrders: (query = {}, signal) =>
      call<Answer<Routes['orders']['get']>>(`/orders${queryString(query)}`, { signal }),
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
      call<Answer<Routes['admin']['orders']['get']>>(`/admin/orders${queryString(query)}`, {
        signal,
      }),
    changeStatus: (orderId, seenVersion, change) =>
      call<Order>(`/admin${orderPath(orderId)}`, {
        method: 'PATCH',
        body: change,
        keepalive: true,
        headers: { 'if-match': `"${seenVersion}"` },
      }),
    stats: () => call<Answer<Routes['admin']['stats']['get']>>('/admin/stats'),
    allProducts: async () =>
      (await call<Answer<Routes['admin']['products']['get']>>('/admin/products')).items,
    addProduct: (product) => call<Product>('/admin/products', post(product)),
    changeProduct: (productId, seenVersion, change) =>
      call<Product>(`/admin/products/${encodeURIComponent(productId)}`, {
        method: 'PATCH',
        body: change,
        headers: { 'if-match': `"${seenVersion}"` },
      }),
    deadLetters: (query, signal) =>
      call<Answer<LetterRoutes['get']>>(`/admin/dead-letters${queryString(query)}`, { signal }),
    deadLetter: (id, signal) => call<DeadLetterDetail>(letterPath(id), { signal }),
    redriveDeadLetter: (id, again) =>
      call<Answer<LetterRoutes[':id']['redrive']['post']>>(
        `${letterPath(id)}/redrive`,
        post({ again }),
      ),
  }
}

function orderPath(orderId: string): string {
  return `/orders/${encodeURIComponent(orderId)}`
}

function letterPath(id: string): string {
  return `/admin/dead-letters/${encodeURIComponent(id)}`
}

/** `?a=1&b=2` of the members that have a value, or `''`. */
function queryString(query: OrderQuery | LetterQuery): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
