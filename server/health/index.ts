import { Elysia } from 'elysia'
import { METRICS_CONTENT_TYPE } from './metrics'
import { outboxWithin, reachWithin } from './checks'
import type { Health } from './node-health'

export type { Health }

/**
 * `/health/live`: the process answers. `/health/ready`: send it traffic; 503 only while it drains, or
 * where it can serve neither sockets (no place in the log yet) nor REST (no order store). What lags
 * is in the body: to take a node out for that would harm more than it helps. `/metrics` is in the
 * text format of Prometheus.
 */
export function healthRoutes(health: Health) {
  return new Elysia({ name: 'health', tags: ['Operations'] })
    .onBeforeHandle(({ set }) => {
      set.headers['cache-control'] = 'no-store'
    })
    .get('/health/live', () => ({ status: 'live' }), { detail: { summary: 'The process answers' } })
    .get(
      '/health/ready',
      async ({ set }) => {
        const body = await readiness(health)
        if (body.status !== 'ready') set.status = 503
        return body
      },
      { detail: { summary: 'The process takes traffic; what lags is in the body' } },
    )
    .get(
      '/metrics',
      ({ set }) => {
        set.headers['content-type'] = METRICS_CONTENT_TYPE
        return health.metrics()
      },
      { detail: { summary: 'What this node counts, for Prometheus' } },
    )
}

async function readiness(health: Health) {
  const { isDraining, position, ageMs, pendingAgeMs, distributed, worker } = health
  const behind = { position: position(), ageMs: ageMs(), pendingAgeMs: pendingAgeMs() }
  if (!distributed) {
    const status = isDraining() ? 'draining' : 'ready'
    return { status, engine: 'embedded', ...behind } as const
  }
  const [database, outbox] = await Promise.all([
    reachWithin(distributed.database),
    outboxWithin(distributed.outbox),
  ])
  const servesNothing = behind.position === null && database !== 'ok'
  const status = isDraining() ? 'draining' : servesNothing ? 'unavailable' : 'ready'
  const log = { state: distributed.log() }
  const services = { log, database, outbox, ...(worker && { worker: worker() }) }
  return { status, engine: 'distributed', ...behind, ...services } as const
}
