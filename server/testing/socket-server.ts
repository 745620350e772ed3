import { Elysia } from 'elysia'
import { jwtVerify, SignJWT } from 'jose'
import type { Principal, VerifyToken } from '../auth/principal'
import { loadConfig } from '../config'
import { AppError } from '../errors'
import type { EventLog, OrderEvent } from '../event-log/event-log'
import { openSqliteLog, type SqliteEventLog } from '../event-log/event-log.sqlite'
import { createHub, type Hub } from '../hub/hub'
import type { HubLimits } from '../hub/limits'
import { openDatabase } from '../lib/database.sqlite'
import { createLogger } from '../lib/logger'
import type { Cursor } from '../protocol/cursor'
import type { EventName } from '../protocol/frames'
import type { Order } from '../protocol/order'
import type { IsRevoked } from '../socket/context'
import type { SocketLimits } from '../socket/limits'
import { type SocketRoute, socketRoute, websocketOptions } from '../socket/route'
import { connectSocket, type SocketClient } from './socket-client'
import { tempFolder } from './temp-folder'

const SECRET = new TextEncoder().encode('a secret that signs the tokens of these tests')

export interface SocketServerOptions {
  readonly hub?: Partial<HubLimits>
  readonly socket?: Partial<SocketLimits>
  readonly retentionMaxEntries?: number
  /** The clock of the log. */
  readonly now?: () => number
  readonly allowedOrigins?: readonly string[]
  /** What stands between the hub and the log. */
  readonly wrapLog?: (log: SqliteEventLog) => EventLog
  /** What stands before the check of a token. */
  readonly beforeVerify?: () => Promise<void>
  readonly isRevoked?: IsRevoked
  /** False: it listens while the window is still being loaded. */
  readonly waitForLog?: boolean
}

/** The socket route over a hub and a SQLite log, alone: no orders, no REST. */
export interface SocketServer {
  readonly url: string
  readonly log: SqliteEventLog
  readonly hub: Hub
  readonly route: SocketRoute
  readonly logLines: readonly Readonly<Record<string, unknown>>[]
  token(subject: string, claims?: TokenClaims): Promise<string>
  /** Appends a version of an order, and answers the place of its entry. */
  append(
    customer: string | null,
    order?: Partial<Order>,
    more?: Partial<OrderEvent>,
  ): Promise<Cursor>
  /** As `append`, all in one commit. */
  appendAll(events: readonly OrderEvent[]): Promise<void>
  /** The newest entry that the hub has published; throws before there is one. */
  position(): Cursor
  /** Resolves when the window is loaded. */
  readonly started: Promise<void>
  /** Resolves when the hub has published all that is in the log now. */
  published(): Promise<void>
  /** Connects and authenticates. */
  signedIn(subject: string, claims?: TokenClaims): Promise<SocketClient>
  stop(): Promise<void>
}

export interface TokenClaims {
  readonly staff?: boolean
  readonly expiresInSeconds?: number
}

export async function startSocketServer(options: SocketServerOptions = {}): Promise<SocketServer> {
  const folder = tempFolder()
  const config = loadConfig({ DATA_DIR: folder.path })
  const hubLimits: HubLimits = { ...config.hub, ...options.hub }
  const socketLimits: SocketLimits = { ...config.socket, endOverMs: 100, ...options.socket }
  const logLines: Record<string, unknown>[] = []
  const logger = createLogger('debug', (line) => void logLines.push(JSON.parse(line)))
  const database = openDatabase(folder.path)
  const log = openSqliteLog(database, {
    retentionMs: config.retentionMs,
    retentionMaxEntries: options.retentionMaxEntries ?? config.retentionMaxEntries,
    now: options.now ?? Date.now,
  })
  const stopped = new AbortController()
  const hub = createHub({
    log: options.wrapLog?.(log) ?? log,
    publish: (topic, text) => void app.server?.publish(topic, text),
    limits: hubLimits,
    logger,
  })
  const route = socketRoute({
    hub,
    verify: createTestVerifier(options.beforeVerify),
    limits: socketLimits,
    isRevoked: options.isRevoked ?? (() => false),
    origins: { allowedOrigins: options.allowedOrigins ?? [], trustedProxies: [] },
    logger,
  })
  const app = new Elysia({ websocket: websocketOptions(hubLimits, socketLimits) })
    .onError(({ error }) =>
      error instanceof AppError
        ? Response.json({ code: error.code }, { status: error.status })
        : undefined,
    )
    .use(route.plugin)
  let moved = () => {}
  hub.listen({ ended: () => moved(), revoked: () => {}, published: () => moved() })
  const started = hub.start(stopped.signal)
  if (options.waitForLog ?? true) await started
  app.listen({ hostname: '127.0.0.1', port: 0, reusePort: false })
  const url = `ws://127.0.0.1:${app.server!.port}/ws`
  let appended = 0

  const server: SocketServer = {
    url,
    log,
    hub,
    route,
    logLines,
    token: signTestToken,
    started,

    position() {
      const position = hub.position()
      if (position === null) throw new Error('The window is not loaded.')
      return position
    },

    async append(customer, order = {}, more = {}) {
      await server.appendAll([eventOf(customer, order, more)])
      const [entry] = await log.newest(1, 1)
      return `${entry!.id}.${entry!.tag}`
    },

    async appendAll(events) {
      await database.transact(() => {
        for (const event of events) log.appendInTransaction(event, `test@${++appended}`)
      })
    },

    async published() {
      const [entry] = await log.newest(1, 1)
      const late = AbortSignal.timeout(5_000)
      while (hub.position() !== `${entry!.id}.${entry!.tag}`) {
        await new Promise<void>((resolve, reject) => {
          late.onabort = () => reject(new Error('the hub did not get that far'))
          moved = resolve
        })
      }
    },

    async signedIn(subject, claims) {
      const client = await connectSocket(url)
      client.send({ event: 'auth', data: { token: await signTestToken(subject, claims) } })
      await client.nextOf('authenticated')
      return client
    },

    async stop() {
      if (stopped.signal.aborted) return
      stopped.abort()
      await app.stop(true)
      log.close()
      database.close()
      folder[Symbol.dispose]()
    },
  }
  return server
}

/** Looks until `holds`; fails at the deadline. */
export async function eventually(holds: () => boolean, deadlineMs = 5_000): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`not in ${deadlineMs} ms: ${holds.toString()}`)
    await Bun.sleep(1)
  }
}

export function eventOf(
  customer: string | null,
  order: Partial<Order> = {},
  more: Partial<OrderEvent> = {},
): OrderEvent {
  const name: EventName = (order.version ?? 1) === 1 ? 'created' : 'updated'
  return { name, customer, data: JSON.stringify(orderOf(customer, order)), staffOnly: '', ...more }
}

export function orderOf(customer: string | null, order: Partial<Order> = {}): Order {
  const at = '2026-01-02T03:04:05.000Z'
  return {
    orderId: 'order-1',
    buyerId: customer,
    items: [{ productId: 'tea', name: 'Tea', quantity: 1, unitPrice: 900, total: 900 }],
    currency: 'EUR',
    subtotal: 900,
    tax: 100,
    total: 1_000,
    status: 'pending',
    shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'DE' },
    createdAt: at,
    updatedAt: at,
    version: 1,
    ...order,
  }
}

async function signTestToken(subject: string, claims: TokenClaims = {}): Promise<string> {
  const expiresAt = Math.floor(Date.now() / 1_000) + (claims.expiresInSeconds ?? 3_600)
  return new SignJWT({ roles: claims.staff ? ['staff'] : [] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(SECRET)
}

function createTestVerifier(before: (() => Promise<void>) | undefined): VerifyToken {
  return async (token): Promise<Principal> => {
    await before?.()
    try {
      const { payload } = await jwtVerify(token, SECRET, { algorithms: ['HS256'] })
      return {
        subject: payload.sub!,
        email: null,
        staff: (payload.roles as string[]).includes('staff'),
        issuedAt: payload.iat ?? null,
        expiresAt: payload.exp ?? null,
      }
    } catch (cause) {
      throw new AppError('token_invalid', 401, 'The token is not one of ours.', { cause })
    }
  }
}
