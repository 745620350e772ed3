import { Elysia, NotFoundError } from 'elysia'
import { METRICS_CONTENT_TYPE } from './health/metrics'
import type { Logger } from './lib/logger'
import { answerFailure, problem, problemResponse } from './problem'
import {
  ageMs,
  backlogAgeMs,
  createWorkerMetrics,
  isLagKnown,
  stalledMs,
  type WorkerSources,
} from './worker-metrics'

export interface WorkerAppDeps extends WorkerSources {
  /** True from the moment the process is told to stop. */
  readonly isDraining: () => boolean
  readonly logger: Logger
}

/**
 * What a worker tells those who look after it: `/health/live`, `/health/ready` (503 only while it
 * stops; what lags is in the body, for to end a worker that waits for Kafka helps nobody) and
 * `/metrics`. It does not listen.
 */
export function workerApp(deps: WorkerAppDeps) {
  const metrics = createWorkerMetrics(deps)
  return new Elysia()
    .onError(({ error, request }) => {
      if (!(error instanceof NotFoundError)) return answerFailure(error, request, deps.logger)
      const { pathname } = new URL(request.url)
      return problemResponse(problem('not_found', 404, `There is nothing at ${pathname}.`))
    })
    .onBeforeHandle(({ set }) => {
      set.headers['cache-control'] = 'no-store'
    })
    .get('/health/live', () => ({ status: 'live' }))
    .get('/health/ready', ({ set }) => {
      const draining = deps.isDraining()
      if (draining) set.status = 503
      return { status: draining ? 'draining' : 'ready', ...whatLags(deps) }
    })
    .get('/metrics', ({ set }) => {
      set.headers['content-type'] = METRICS_CONTENT_TYPE
      return metrics.exposition()
    })
}

/** What is behind in a worker's loops, as its health body tells it. */
export function whatLags({ mirror, relay, ceiling }: WorkerSources) {
  const stats = mirror()
  const lags = isLagKnown(stats) ? [...stats.lag.values()] : null
  const relayed = relay?.() ?? null
  return {
    mirror: {
      lagRecords: lags && lags.reduce((sum, { records }) => sum + records, 0),
      lagMs: lags && Math.max(0, ...lags.map((lag) => lag.ageMs)),
      lagMeasuredMs: ageMs(stats.measuredAt),
      refilling: stats.refilling,
      stalledMs: stalledMs(stats),
      lastError: stats.lastError,
      lastErrorMs: ageMs(stats.lastErrorAt),
      gaps: stats.gaps,
      deadLetters: Object.values(stats.deadLetters).reduce((sum, count) => sum + count, 0),
    },
    relay: relayed && {
      holding: relayed.holding,
      unsent: relayed.backlog?.unsent ?? null,
      ageMs: relayed.backlog === null ? null : backlogAgeMs(relayed),
      parked: relayed.backlog?.parked ?? null,
    },
    retentionCeiling: ceiling(),
  }
}
