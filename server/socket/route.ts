import { Elysia } from 'elysia'
import { authenticate } from '../auth/macro'
import type { VerifyToken } from '../auth/principal'
import { AppError } from '../errors'
import type { Hub } from '../hub/hub'
import type { HubLimits } from '../hub/limits'
import type { Logger } from '../lib/logger'
import { CLOSE_CODES } from '../protocol/close-codes'
import { createAddressOf } from './address'
import { Connection } from './connection'
import { Connections, endInStages, stagesOver } from './connections'
import { type IsRevoked, type SocketContext, verifyNow } from './context'
import { countIn, createSocketCounters, type SocketCounters } from './counters'
import type { SocketLimits } from './limits'
import { mayConnect } from './origin'
import { type ComputeStats, StatsFeed } from './stats-feed'

export interface SocketRouteDeps {
  readonly hub: Hub
  readonly verify: VerifyToken
  /**
   * Asked for every socket twice a second: a revocation acts on this node within a second, however
   * it came to know, also where no entry of the log tells of it.
   */
  readonly isRevoked: IsRevoked
  readonly limits: SocketLimits
  /** Who may open sockets, and whose word on addresses is taken. */
  readonly origins: {
    /** Beside the server's own: `https://shop.example`. */
    readonly allowedOrigins: readonly string[]
    /** Addresses and CIDR blocks whose `X-Forwarded-For` is believed. */
    readonly trustedProxies: readonly string[]
  }
  readonly logger: Logger
}

/**
 * Bun's settings for all sockets of a server: they belong to the root app,
 * `new Elysia({ websocket: websocketOptions(…) })`; on a route they have no effect.
 */
export function websocketOptions(hub: HubLimits, socket: SocketLimits) {
  return {
    maxPayloadLength: socket.maxFrameBytes,
    idleTimeout: socket.idleTimeoutSeconds,
    sendPings: true,
    perMessageDeflate: false,
    // Without the second, what does not fit is dropped in silence, and a slow client has a gap.
    backpressureLimit: hub.backpressureLimitBytes,
    closeOnBackpressureLimit: true,
  } as const
}

/** Those who are sent to resume come back at once: so many in a millisecond at most. */
const ENDED_PER_MS = 10

/** `GET /ws`, and what can be done to all sockets that came through it. */
export function socketRoute(deps: SocketRouteDeps) {
  const { hub, limits, logger } = deps
  const counters = createSocketCounters()
  const stats = new StatsFeed(hub, logger)
  const connections = new Connections((nowMs) => stats.minute(nowMs))
  const context: SocketContext = {
    ...{ hub, limits, connections, counters, logger },
    ...{ verify: deps.verify, isRevoked: deps.isRevoked },
    draining: false,
    revocations: 0,
  }
  followHub(context, stats)
  return {
    plugin: upgradeRoute(context, deps.origins),
    counters: counters as Readonly<SocketCounters>,

    /** Open sockets. */
    connections: () => connections.size,

    /**
     * From now on `compute` makes the figures of `admin:stats`: published to staff whenever events
     * came through the hub, at most once a second, and with every new minute. It is called only
     * where staff listen. Call it again whenever the figures changed in another way.
     */
    publishStats: (compute: ComputeStats) => stats.use(compute),

    /**
     * Refuses upgrades from now on and closes all sockets with "move now", in `stages` of equal size
     * spread over `overMs`. Resolves when the last was told.
     */
    async drain(staging: { readonly stages: number; readonly overMs: number }): Promise<void> {
      context.draining = true
      stats.stop()
      await endInStages(
        connections.where(() => true),
        CLOSE_CODES.restart,
        staging,
      )
    },
  }
}

export type SocketRoute = ReturnType<typeof socketRoute>

function followHub(context: SocketContext, stats: StatsFeed): void {
  const { connections, hub, limits } = context
  hub.listen({
    ended() {
      const subscribed = connections.where((connection) => connection.isSubscribed())
      for (const connection of subscribed) connection.cut()
      const overMs = Math.max(limits.endOverMs, subscribed.length / ENDED_PER_MS)
      void endInStages(subscribed, CLOSE_CODES.resume, stagesOver(overMs))
    },
    // Also of a token that nobody could have shown here yet; the sweep looks at single tokens.
    revoked(subject) {
      context.revocations++
      for (const connection of connections.where((one) => one.isOf(subject))) {
        connection.end(CLOSE_CODES.unauthorized)
      }
    },
    published(entries) {
      if (entries.some(({ kind }) => kind === 'event')) stats.changed()
    },
  })
}

function upgradeRoute(context: SocketContext, origins: SocketRouteDeps['origins']) {
  const addressOf = createAddressOf(origins.trustedProxies)

  async function upgrade(request: Request, server: Bun.Server<unknown>): Promise<void> {
    const { headers } = request
    if (headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      throw new AppError('upgrade_required', 426, 'This address is for WebSocket connections.')
    }
    if (!mayConnect(headers.get('origin'), headers.get('host'), origins.allowedOrigins)) {
      throw new AppError('origin_refused', 403, 'Pages of this origin may not connect here.')
    }
    if (context.draining) {
      throw new AppError('draining', 503, 'This node is going down.', { temporary: true })
    }
    const authorization = headers.get('authorization')
    const verify = (token: string) => verifyNow(context, token)
    const credentials = authorization === null ? null : await authenticate(authorization, verify)
    const address = addressOf(request, server.requestIP(request)?.address ?? '')
    const data = new Connection(context, { address, credentials })
    if (!server.upgrade(request, { data })) {
      throw new AppError('bad_handshake', 400, 'The WebSocket handshake is not complete.')
    }
  }

  return (
    new Elysia({ name: 'socket' })
      .get(
        '/ws',
        async ({ request, server, set }) => {
          try {
            await upgrade(request, server!)
          } catch (error) {
            const status = error instanceof AppError ? error.status : 500
            if (status === 426) set.headers.upgrade = 'websocket'
            countIn(context.counters.refused, status)
            throw error
          }
        },
        { detail: { hide: true } },
      )
      // Elysia calls a socket's own `open`, `message`, `drain` and `close` only where the app has a
      // `.ws()` route. This one refuses everybody.
      .ws('/ws/dispatcher', {
        detail: { hide: true },
        transform() {
          throw new AppError('not_found', 404, 'There is nothing here.')
        },
      })
  )
}
