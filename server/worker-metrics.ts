import { createMetrics, type Metrics } from './health/metrics'
import type { MirrorStats } from './mirror/stats'
import type { RelayStats } from './outbox/relay'

/** What a worker's parts tell of themselves. */
export interface WorkerSources {
  readonly mirror: () => MirrorStats
  /** Null where this worker runs no relay. */
  readonly relay: (() => RelayStats) | null
  /** Whether the count of entries cuts into the time that the log should keep them. */
  readonly ceiling: () => boolean
}

export function createWorkerMetrics(sources: WorkerSources): Metrics {
  const metrics = createMetrics()
  describeWorker(metrics, sources)
  return metrics
}

/** Adds a worker's numbers to those of a process that serves as well. */
export function describeWorker(metrics: Metrics, { mirror, relay, ceiling }: WorkerSources): void {
  describeMirror(metrics, mirror)
  if (relay) describeRelay(metrics, relay)
  metrics.gauge(
    'orderwire_retention_ceiling',
    'Whether the count of entries cuts into the time that they should be kept: 1 or 0.',
    () => (ceiling() ? 1 : 0),
  )
}

function describeMirror(metrics: Metrics, stats: () => MirrorStats): void {
  const perPartition = (name: string, help: string, read: (lag: Lag) => number) =>
    metrics.gauges(name, help, 'partition', () => {
      const now = stats()
      const isKnown = isLagKnown(now)
      return Object.fromEntries(
        [...now.lag].map(([partition, lag]) => [partition, isKnown ? read(lag) : NaN]),
      )
    })
  metrics.counter(
    'orderwire_mirror_appended_total',
    'Entries that this worker appended to the log.',
    () => stats().appended,
  )
  metrics.counter(
    'orderwire_mirror_rewinds_total',
    'Times that a partition was read again from an earlier place.',
    () => stats().rewinds,
  )
  metrics.counter(
    'orderwire_mirror_gaps_total',
    'Sources that changed or lost records: every one is worth an alarm.',
    () => stats().gaps,
  )
  metrics.counters(
    'orderwire_dead_letters_total',
    'Records that yield no event, by reason.',
    'reason',
    () => stats().deadLetters,
  )
  perPartition(
    'orderwire_partition_lag_records',
    'Records of the partition that are not in the log; NaN while Kafka cannot be asked.',
    ({ records }) => records,
  )
  perPartition(
    'orderwire_partition_lag_seconds',
    'For how long there have been such records without progress; NaN likewise.',
    ({ ageMs }) => ageMs / 1_000,
  )
  metrics.gauge(
    'orderwire_mirror_lag_measured_seconds',
    'How long ago the lag was found out; NaN before the first time.',
    () => (ageMs(stats().measuredAt) ?? NaN) / 1_000,
  )
  metrics.gauge(
    'orderwire_mirror_refilling',
    'Whether the log is being filled again after its store forgot: 1 or 0.',
    () => (stats().refilling ? 1 : 0),
  )
  metrics.gauge(
    'orderwire_mirror_stalled_seconds',
    'For how long a partition of this worker could not go on; 0: all can.',
    () => stalledMs(stats()) / 1_000,
  )
}

type Lag = MirrorStats['lag'] extends ReadonlyMap<string, infer Of> ? Of : never

function describeRelay(metrics: Metrics, stats: () => RelayStats): void {
  metrics.gauge('orderwire_relay_holding', 'Whether this is the relay that sends: 1 or 0.', () =>
    stats().holding ? 1 : 0,
  )
  metrics.counter(
    'orderwire_relay_sent_total',
    'Records of the outbox that Kafka acknowledged.',
    () => stats().sent,
  )
  metrics.counter(
    'orderwire_relay_parked_total',
    'Records that Kafka refused for good.',
    () => stats().parked,
  )
  metrics.counter(
    'orderwire_relay_failures_total',
    'Attempts that failed because Kafka or the store was out of reach.',
    () => stats().failures,
  )
  metrics.gauge(
    'orderwire_relay_backlog_rows',
    'Records that wait to be sent; NaN before it was read.',
    () => stats().backlog?.unsent ?? NaN,
  )
  metrics.gauge(
    'orderwire_relay_backlog_age_seconds',
    'Age of the oldest record that waits to be sent; NaN before it was read.',
    () => backlogAgeMs(stats()) / 1_000,
  )
  metrics.gauge(
    'orderwire_relay_parked_rows',
    'Records that Kafka refused for good and that somebody has to look at.',
    () => stats().backlog?.parked ?? NaN,
  )
}

/** Older than this, a lag says nothing of now. */
const LAG_HOLDS_MS = 15_000

/** Whether what the mirror says of its lag holds: log and Kafka answered a moment ago. */
export function isLagKnown({ measuredAt }: MirrorStats): boolean {
  const age = ageMs(measuredAt)
  return age !== null && age < LAG_HOLDS_MS
}

/** Milliseconds since then; null where there is no such time. */
export function ageMs(at: number | null): number | null {
  return at === null ? null : Math.max(0, Date.now() - at)
}

/** Milliseconds; 0 where nothing stands still. */
export function stalledMs({ stalledSince }: MirrorStats): number {
  return ageMs(stalledSince) ?? 0
}

/** Milliseconds; NaN where the backlog was never read. */
export function backlogAgeMs({ backlog }: RelayStats): number {
  if (backlog === null) return NaN
  return backlog.oldestAt === null ? 0 : Math.max(0, Date.now() - backlog.oldestAt)
}
