import type { Cursor } from '../protocol/cursor'

/** What is told of a service that may work, and did not say so in time. */
export const SLOW = 'slow to answer (no answer within 1 s)'

export type Reach = 'ok' | typeof SLOW | 'unreachable'

export interface OutboxBacklog {
  /** Records that wait to be sent. */
  readonly rows: number
  /** Age of the oldest of them in milliseconds, 0 where none waits. */
  readonly ageMs: number
}

/** What the distributed engine leans on, and what of it may be behind. */
export interface DistributedHealth {
  /** How the event log answered when it was last asked. */
  readonly log: () => 'ok' | 'unreachable' | 'refilling'
  /** A rejection counts as unreachable, no answer within a second as slow. */
  readonly database: () => Reach | Promise<Reach>
  /** Null where there is none: the orders are another service's. */
  readonly outbox: (() => OutboxBacklog | Promise<OutboxBacklog>) | null
}

/** What a node knows about itself. */
export interface Health {
  /** True from the moment the process is told to stop. */
  readonly isDraining: () => boolean
  /** The newest entry that this node has published, null before there is one. */
  readonly position: () => Cursor | null
  /** How old the updates are that its sockets get, milliseconds. */
  readonly ageMs: () => number
  /** Age of the oldest change that waits to be durable or to be sent, milliseconds; 0 when none does. */
  readonly pendingAgeMs: () => number
  /** What lags in a worker of the same process; absent where there is none. */
  readonly worker?: () => Readonly<Record<string, unknown>>
  /** Absent: the embedded engine, which is one process with its file. */
  readonly distributed?: DistributedHealth
  /** In the text format of Prometheus. */
  readonly metrics: () => string | Promise<string>
}
