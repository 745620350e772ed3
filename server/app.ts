import { cors } from '@elysiajs/cors'
import { Elysia, NotFoundError, t } from 'elysia'
import { createAllowedMethods } from './allowed-methods'
import { createAnnouncer } from './announce-revocation'
import { demoRoutes, type SignDemoToken } from './auth/demo'
import type { VerifyToken } from './auth/principal'
import { revocationRoutes } from './auth/revocations'
import type { Config } from './config'
import { deadLetterRoutes } from './dead-letters'
import type { Engine } from './engine'
import { AppError } from './errors'
import { healthRoutes, type Health } from './health'
import type { Logger } from './lib/logger'
import { ordersRoutes } from './orders'
import { apiDocumentation } from './openapi'
import { answerFailure, problem, problemResponse } from './problem'
import { websocketOptions, type SocketRoute } from './socket/route'
import type { ServeUi } from './ui'

export interface AppDeps {
  readonly config: Config
  readonly engine: Engine
  readonly health: Health
  readonly sockets: SocketRoute
  readonly verify: VerifyToken
  /** Null where tokens come from elsewhere. */
  readonly signDemoToken: SignDemoToken | null
  readonly serveUi: ServeUi
  readonly logger: Logger
}

/** More than any order needs. */
const MAX_BODY_BYTES = 65_536
/** Bodies without a length are cut off by Bun itself, with a bare 413. */
const MAX_STREAMED_BODY_BYTES = 4 * MAX_BODY_BYTES

/** A JSON type, with or without parameters. */
const IS_JSON = /^application\/([\w.-]+\+)?json\s*(;|$)/i

/** Paths that programs ask for: never answered with a page of the UI. */
const NOT_PAGES = /^\/(api|ws|health|metrics|openapi)(\/|$)/

/** The whole HTTP and WebSocket surface, put together; it does not listen. */
export function createApp(deps: AppDeps) {
  const { config, engine, verify, logger } = deps
  const refuseForeignHost = createHostGuard(config)
  // Known once all routes are there; a failure asks for it long after.
  let allowedMethods = (_path: string): string[] => []
  const app = new Elysia({
    serve: { reusePort: false, maxRequestBodySize: MAX_STREAMED_BODY_BYTES },
    websocket: websocketOptions(config.hub, config.socket),
  })
    .headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    .onError(async ({ error, request }) =>
      error instanceof NotFoundError
        ? answerUnrouted(request, deps.serveUi, allowedMethods, logger)
        : answerFailure(error, request, logger),
    )
    .use(crossOrigin(config.allowedOrigins))
    .onRequest(({ request, set }) => {
      // Or a proxy sends a request on a kept connection in the moment in which it is closed.
      if (deps.health.isDraining()) set.headers.connection = 'close'
      refuseForeignHost(request)
      refuseBigBody(request)
      refuseOtherTypes(request)
    })
    .use(requestLog(logger))
    .use(apiDocumentation())
    .use(deps.sockets.plugin)
    .use(healthRoutes(deps.health))
    .use(settingsRoute(config, engine))
    .use(demoRoutes(deps.signDemoToken))
    .use(
      ordersRoutes({
        store: engine.orders,
        orders: config.orders,
        position: deps.health.position,
        shop: config.shop,
        verify,
      }),
    )
    .use(
      revocationRoutes({
        revocations: engine.revocations,
        announce: createAnnouncer(engine.log, logger),
        verify,
        logger,
      }),
    )
    .use(deadLetterRoutes({ letters: engine.deadLetters, verify, logger }))

  allowedMethods = createAllowedMethods(app.routes)
  return app
}

/** The type of the REST surface, for typed clients. */
export type App = ReturnType<typeof createApp>

function settingsRoute({ auth, shop, orders }: Config, { deadLetters }: Engine) {
  return new Elysia({ name: 'settings', prefix: '/api', tags: ['Shop'] }).get(
    '/settings',
    () => ({
      demoSignIn: auth.issuer.kind === 'demo',
      currency: shop.currency,
      taxPercent: shop.taxPercent,
      staffRole: auth.staffRole,
      orders,
      deadLetters: deadLetters !== undefined,
    }),
    {
      response: {
        200: t.Object({
          demoSignIn: t.Boolean(),
          currency: t.String(),
          taxPercent: t.Number(),
          staffRole: t.String(),
          orders: t.UnionEnum(['on', 'off'], {
            description: 'Whether orders are placed and changed here, or by another service.',
            default: undefined,
          }),
          deadLetters: t.Boolean({
            description: 'Whether there are any for staff to look at: the distributed engine has.',
          }),
        }),
      },
      detail: { summary: 'What a front end must know before anybody signs in' },
    },
  )
}

function crossOrigin(allowedOrigins: readonly string[]) {
  if (allowedOrigins.length === 0) return new Elysia({ name: 'same-origin' })
  return cors({
    origin: [...allowedOrigins],
    methods: ['GET', 'POST', 'PATCH'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
    exposeHeaders: ['etag', 'location', 'retry-after'],
    // Tokens travel in a header, never in a cookie.
    credentials: false,
    maxAge: 600,
  })
}

function requestLog(logger: Logger) {
  const plugin = new Elysia({ name: 'request-log' })
  if (!logger.isLevelEnabled('debug')) return plugin
  return plugin.onAfterResponse({ as: 'global' }, ({ request, set, responseValue }) => {
    const status = responseValue instanceof Response ? responseValue.status : (set.status ?? 200)
    const path = new URL(request.url).pathname
    logger.debug({ method: request.method, path, status }, 'request')
  })
}

/**
 * Where anybody on this machine can sign in, a web page must not get at it by a name of its own that
 * resolves to this machine (DNS rebinding).
 */
function createHostGuard({ auth, allowedOrigins }: Config): (request: Request) => void {
  if (auth.issuer.kind !== 'demo') return () => {}
  const allowed = new Set(allowedOrigins.map((origin) => new URL(origin).hostname))
  for (const name of ['localhost', '127.0.0.1', '[::1]']) allowed.add(name)
  return (request) => {
    const name = new URL(request.url).hostname
    if (allowed.has(name) || name.endsWith('.localhost')) return
    const detail = `This server is not ${name}: expected localhost, or a host of ALLOWED_ORIGINS.`
    throw new AppError('foreign_host', 421, detail)
  }
}

function refuseBigBody(request: Request): void {
  const bytes = Number(request.headers.get('content-length') ?? 0)
  if (bytes > MAX_BODY_BYTES) {
    const detail = `The body has ${bytes} bytes: expected at most ${MAX_BODY_BYTES}.`
    throw new AppError('body_too_big', 413, detail)
  }
}

/** Bodies are JSON; a client that names no type is taken to send it. */
function refuseOtherTypes({ method, headers }: Request): void {
  const type = headers.get('content-type')
  if (type === null || method === 'GET' || method === 'HEAD' || IS_JSON.test(type)) return
  const detail = `content-type is ${type}: expected application/json.`
  const extensions = { field: 'content-type' }
  throw new AppError('unsupported_media_type', 415, detail, { extensions })
}

/** No route matched: another method's path, a file or page of the UI, or nothing at all. */
async function answerUnrouted(
  request: Request,
  serveUi: ServeUi,
  allowedMethods: (path: string) => string[],
  logger: Logger,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  const allowed = allowedMethods(pathname)
  if (allowed.length > 0) {
    const allow = allowed.join(', ')
    const detail = `${pathname} does not take ${request.method}: expected ${allow}.`
    return problemResponse(problem('method_not_allowed', 405, detail), { allow })
  }
  try {
    const page = NOT_PAGES.test(pathname) ? null : await serveUi(request)
    return page ?? problemResponse(problem('not_found', 404, `There is nothing at ${pathname}.`))
  } catch (error) {
    return answerFailure(error, request, logger)
  }
}
