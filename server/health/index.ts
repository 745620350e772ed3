import { Elysia } from 'elysia'
import type { Cursor } from '../protocol/cursor'

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
}

/**
 * `/health/live`: the process answers. `/health/ready`: send it traffic; 503 only while it drains.
 * What lags is in the body: to take a node out for that would harm more than it helps.
 */
export function healthRoutes({ isDraining, position, ageMs, pendingAgeMs }: Health) {
  return new Elysia({ name: 'health', prefix: '/health', tags: ['Operations'] })
    .onBeforeHandle(({ set }) => {
      set.headers['cache-control'] = 'no-store'
    })
    .get('/live', () => ({ status: 'live' }), { detail: { summary: 'The process answers' } })
    .get(
      '/ready',
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
}
