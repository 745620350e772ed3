import type { Hub } from './hub/hub'
import type { SocketRoute } from './socket/route'
import type { Metric } from './health/metrics'

/** What this node counts, as of now. */
export function nodeMetrics(
  hub: Hub,
  sockets: Pick<SocketRoute, 'counters' | 'connections'>,
  pendingAgeMs: number,
): readonly Metric[] {
  const counter = (name: string, help: string, value: Metric['value']): Metric => ({
    name: `orderwire_${name}_total`,
    help,
    type: 'counter',
    value,
  })
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'gauge',
    value,
  })
  const { counters } = hub
  return [
    gauge('orderwire_sockets', 'Open sockets.', sockets.connections()),
    counter('sockets_opened', 'Sockets opened.', sockets.counters.opened),
    counter('sockets_closed', 'Sockets closed, by code.', {
      label: 'code',
      counts: sockets.counters.closed,
    }),
    counter('upgrades_refused', 'Upgrades refused, by HTTP status.', {
      label: 'status',
      counts: sockets.counters.refused,
    }),
    counter('invalid_frames', 'Frames that could not be decoded.', sockets.counters.invalidFrames),
    counter('stalled', 'Sockets closed because a replay stood still.', sockets.counters.stalled),
    gauge('orderwire_channels', 'Channels with subscribers.', hub.topicCount()),
    counter('entries', 'Entries of the log that came through.', counters.entries),
    counter('resumes', 'Resumes answered with all that was missed, by source.', {
      label: 'source',
      counts: { ...counters.resumed },
    }),
    counter('resumes_refused', 'Resumes that could not be answered, by reason.', {
      label: 'reason',
      counts: counters.refused,
    }),
    counter('replayed_events', 'Events sent in replays.', counters.replayed),
    counter('replays_unfinished', 'Replays begun and not finished.', counters.unfinished),
    counter('subscriptions_ended', 'Times that all subscriptions were ended, by reason.', {
      label: 'reason',
      counts: { ...counters.ended },
    }),
    gauge('orderwire_age_seconds', 'How old the updates are.', hub.ageMs() / 1_000),
    gauge(
      'orderwire_pending_age_seconds',
      'Age of the oldest change that waits to be durable.',
      pendingAgeMs / 1_000,
    ),
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
  ]
}
