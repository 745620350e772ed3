import type { EventEntry, LogEntry } from './event-log/event-log'
import { outboxWithin, reachWithin } from './health/checks'
import { createMetrics, type Metrics } from './health/metrics'
import type { DistributedHealth, OutboxBacklog, Reach } from './health/node-health'
import type { Hub } from './hub/hub'
import type { SocketRoute } from './socket/route'

export interface NodeMetricsDeps {
  readonly hub: Hub
  readonly sockets: Pick<SocketRoute, 'counters' | 'connections'>
  /** Age of the oldest change that waits to be durable or to be sent, milliseconds. */
  readonly pendingAgeMs: () => number
  /** Absent: the embedded engine. */
  readonly distributed?: DistributedHealth | undefined
}

/** From one tick of the event loop to an outage that somebody ends in time. */
const AGE_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
]
/** Of what is published in one go so many are measured, evenly spread: thousands cost no more. */
const MEASURED_OF_A_RUN = 8

/** What a server node counts and measures, from now on. */
export function createNodeMetrics(deps: NodeMetricsDeps): Metrics {
  const metrics = createMetrics()
  describeSockets(metrics, deps)
  describeResumes(metrics, deps.hub)
  describeAges(metrics, deps)
  describeWindow(metrics, deps.hub)
  if (deps.distributed) describeServices(metrics, deps.hub, deps.distributed)
  return metrics
}

function describeSockets(metrics: Metrics, { hub, sockets }: NodeMetricsDeps): void {
  const { counters } = sockets
  metrics.gauge('orderwire_sockets', 'Open sockets.', () => sockets.connections())
  metrics.counter('orderwire_sockets_opened_total', 'Sockets opened.', () => counters.opened)
  metrics.counters(
    'orderwire_sockets_closed_total',
    'Sockets closed, by code.',
    'code',
    () => counters.closed,
  )
  metrics.counters(
    'orderwire_upgrades_refused_total',
    'Upgrades refused, by HTTP status.',
    'status',
    () => counters.refused,
  )
  metrics.counter(
    'orderwire_invalid_frames_total',
    'Frames that could not be decoded.',
    () => counters.invalidFrames,
  )
  metrics.counter(
    'orderwire_stalled_total',
    'Sockets closed because a replay stood still.',
    () => counters.stalled,
  )
  metrics.counter(
    'orderwire_slow_total',
    'Sockets that broke with much unread half a second before: slow readers, as far as can be known.',
    () => counters.slow,
  )
  metrics.gauge('orderwire_channels', 'Channels with subscribers.', () => hub.topicCount())
}

function describeResumes(metrics: Metrics, { counters }: Hub): void {
  metrics.counters(
    'orderwire_resumes_total',
    'Resumes answered with all that was missed, by source.',
    'source',
    () => ({ ...counters.resumed }),
  )
  metrics.counters(
    'orderwire_resumes_refused_total',
    'Resumes that could not be answered, by reason.',
    'reason',
    () => counters.refused,
  )
  metrics.counters(
    'orderwire_resumes_deferred_total',
    'Subscribes that were neither: sent to a node that is ahead, or told to come later.',
    'outcome',
    () => ({ moved: counters.moved, postponed: counters.postponed }),
  )
  metrics.counter(
    'orderwire_replayed_events_total',
    'Events sent in replays.',
    () => counters.replayed,
  )
  metrics.counter(
    'orderwire_replays_unfinished_total',
    'Replays begun and not finished.',
    () => counters.unfinished,
  )
  metrics.counters(
    'orderwire_subscriptions_ended_total',
    'Times that all subscriptions were ended, by reason.',
    'reason',
    () => ({ ...counters.ended }),
  )
}

function describeAges(metrics: Metrics, { hub, pendingAgeMs }: NodeMetricsDeps): void {
  metrics.counter(
    'orderwire_entries_total',
    'Entries of the log that came through.',
    () => hub.counters.entries,
  )
  metrics.gauge('orderwire_age_seconds', 'How old the updates are.', () => hub.ageMs() / 1_000)
  metrics.gauge(
    'orderwire_pending_age_seconds',
    'Age of the oldest change that waits to be durable or to be sent.',
    () => pendingAgeMs() / 1_000,
  )
  const ofCommit = metrics.histogram(
    'orderwire_commit_to_publish_seconds',
    'From the commit of an order to its publishing here, up to eight events of each run.',
    AGE_BUCKETS_SECONDS,
  )
  const ofAppend = metrics.histogram(
    'orderwire_append_to_publish_seconds',
    'From the append to the log to the publishing here, up to eight events of each run.',
    AGE_BUCKETS_SECONDS,
  )
  hub.listen({
    ended() {},
    revoked() {},
    published(entries) {
      const now = Date.now()
      for (const { at, committedAt } of measuredOf(entries)) {
        ofCommit(Math.max(0, now - committedAt) / 1_000)
        ofAppend(Math.max(0, now - at) / 1_000)
      }
    },
  })
}

/** Events of a run, spread evenly over it. */
function* measuredOf(entries: readonly LogEntry[]): Generator<EventEntry> {
  const step = Math.max(1, Math.ceil(entries.length / MEASURED_OF_A_RUN))
  for (let at = 0; at < entries.length; at += step) {
    const entry = entries[at]!
    if (entry.kind === 'event') yield entry
  }
}

function describeWindow(metrics: Metrics, hub: Hub): void {
  metrics.gauge(
    'orderwire_window_entries',
    'Entries in the replay window.',
    () => hub.window().entries,
  )
  metrics.gauge('orderwire_window_bytes', 'What they take.', () => hub.window().bytes)
  metrics.gauge(
    'orderwire_window_seconds',
    'How far back a resume needs no read of the log.',
    () => hub.window().ageMs / 1_000,
  )
}

function describeServices(metrics: Metrics, hub: Hub, distributed: DistributedHealth): void {
  let database: Reach = 'unreachable'
  let outbox: OutboxBacklog | null = null
  metrics.before(async () => {
    ;[database, outbox] = await Promise.all([
      reachWithin(distributed.database),
      outboxWithin(distributed.outbox),
    ])
  })
  metrics.gauges(
    'orderwire_reachable',
    'Whether what this node leans on answers: 1 or 0.',
    'service',
    () => ({
      log: distributed.log() === 'unreachable' ? 0 : 1,
      database: database === 'ok' ? 1 : 0,
    }),
  )
  metrics.gauge('orderwire_log_refilling', 'Whether the log is being filled again: 1 or 0.', () =>
    distributed.log() === 'refilling' ? 1 : 0,
  )
  metrics.gauge('orderwire_loaded', 'Whether this node has a window and a position: 1 or 0.', () =>
    hub.isLoaded() ? 1 : 0,
  )
  if (!distributed.outbox) return
  metrics.gauge(
    'orderwire_outbox_rows',
    'Records that wait to be sent; NaN where the database cannot tell.',
    () => outbox?.rows ?? NaN,
  )
  metrics.gauge(
    'orderwire_outbox_age_seconds',
    'Age of the oldest record that waits to be sent; NaN where the database cannot tell.',
    () => (outbox ? outbox.ageMs / 1_000 : NaN),
  )
}
