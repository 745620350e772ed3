import { Elysia } from 'elysia'
import type { Cursor } from '../protocol/cursor'
import { exposition, METRICS_CONTENT_TYPE, type Metric } from './metrics'

/** What a node knows about itself. */
export interface Health {
  /** True from the moment the process is told to stop. */
  readonly isDraining: () => boolean
  /** The newest entry that this node has published. */
  readonly position: () => Cursor
  /** How old the updates are that its sockets get, milliseconds. */
  readonly ageMs: () => number
  /** Age of the oldest change that waits to be durable, milliseconds; 0 when none does. */
  readonly pendingAgeMs: () => number
  readonly metrics: () => readonly Metric[]
}

/**
 * `/health/live`: the process answers. `/health/ready`: send it traffic; 503 only while it drains.
 * What lags is in the body: to take a node out for that would harm more than it helps. `/metrics` is
 * in the text format of Prometheus.
 */
export function healthRoutes({ isDraining, position, ageMs, pendingAgeMs, metrics }: Health) {
  return new Elysia({ name: 'health', tags: ['Operations'] })
    .onBeforeHandle(({ set }) => {
      set.headers['cache-control'] = 'no-store'
    })
    .get('/health/live', () => ({ status: 'live' }), { detail: { summary: 'The process answers' } })
    .get(
      '/health/ready',
      ({ set }) => {
        const draining = isDraining()
        if (draining) set.status = 503
        return {
          status: draining ? 'draining' : 'ready',
          engine: 'embedded',
          position: position(),
          ageMs: ageMs(),
          pendingAgeMs: pendingAgeMs(),
        }
      },
      { detail: { summary: 'The process takes traffic; what lags is in the body' } },
    )
    .get(
      '/metrics',
      ({ set }) => {
        set.headers['content-type'] = METRICS_CONTENT_TYPE
        return exposition(metrics())
      },
      { detail: { summary: 'What this node counts, for Prometheus' } },
    )
}
