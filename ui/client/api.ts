import type { Cursor } from '../../server/protocol/cursor'
import type { ErrorCode } from '../../server/protocol/error-codes'
import type { ChannelName, ResumeReason } from '../../server/protocol/frames'
import type { Order } from '../../server/protocol/order'
import type { Stats } from '../../server/protocol/stats'
import type { Clock } from './clock'
import type { Seen } from './seen'
import type { OpenSocket } from './socket'
import type { ClientStorage } from './storage'
import type { WakeUps } from './wake-ups'

/** Orders and the cursor that they are complete up to. */
export interface Snapshot {
  readonly items: readonly Order[]
  /** Null: the server has no place in its log now. It can be shown, and not gone on from. */
  readonly cursor: Cursor | null
  /** Where the next page of a paged list begins; handed on as it is. */
  readonly next?: string | null
}

/** What the app shows of a channel, to be kept beside the cursor. Bound it: the first page will do. */
export type KeptState = Pick<Snapshot, 'items' | 'next'>

/** How far a channel was applied: both values are opaque, and only ever taken from the server. */
export interface Place {
  /** To resume from. */
  readonly cursor: Cursor
  /** The last event applied; null where it is not known. */
  readonly last: Cursor | null
}

/**
 * Where a subscription starts:
 * - `kept` (default): the state kept in `storage` for this subject, else as `snapshot`;
 * - `snapshot`: a snapshot over REST first, then everything after its cursor;
 * - `now`: live from here, without state;
 * - a place: the app has state of its own and kept the place with it, in one write.
 */
export type From = 'kept' | 'snapshot' | 'now' | Place

export interface TokenContext {
  /** `connect`: a new connection; `renew`: the token expires soon; `rejected`: the server refused it. */
  readonly reason: 'connect' | 'renew' | 'rejected'
}

export interface ClientOptions {
  /** `ws(s)://…/ws`; a function is asked anew for each connection. */
  readonly url: string | (() => string)
  /** Resolves to a token, or to null when nobody is signed in: the client then stops. A rejection is reported and tried again. */
  readonly token: (context: TokenContext) => Promise<string | null>
  /** Whose state is kept. What was kept for another subject is dropped. */
  readonly subject: string
  /**
   * Loads a channel's snapshot over REST: the items and the cursor of the first page. A rejection is
   * reported and tried again with backoff, unless it is a `SnapshotRefused`.
   */
  readonly snapshot: (channel: ChannelName, signal: AbortSignal) => Promise<Snapshot>
  /** Where state, cursors and seen versions outlive a reload (`webStorage`). Absent: nothing is kept. */
  readonly storage?: ClientStorage
  /**
   * What the app shows now, a function for each channel whose state is to be kept. It is written together with
   * the cursor in one write, so that the two cannot disagree. A channel without one begins with a
   * snapshot after each reload.
   */
  readonly keep?: Partial<Record<ChannelName, () => KeptState>>
  /** Runs the delivery of all events of one frame: Solid's `batch` fits. Must call `deliver` at once. */
  readonly batch?: (deliver: () => void) => void
  /** In place of the platform's: `openSocket` for sockets that tabs share; the others for tests. */
  readonly seams?: Partial<Seams>
}

export interface Seams {
  readonly openSocket: OpenSocket
  readonly clock: Clock
  /** As `Math.random`. */
  readonly random: () => number
  readonly wakeUps: WakeUps
}

/** Rejecting `snapshot` with this ends the channel (`refused`): asking again would not help. */
export class SnapshotRefused extends Error {
  override readonly name = 'SnapshotRefused'
}

/**
 * - `idle`: not connected yet, or closed by the app;
 * - `connecting`: getting a token, opening, authenticating;
 * - `catching-up`: connected, and some channel is not live yet;
 * - `live`: what is shown is current, as far as `ageMs` says;
 * - `delayed`: connected, and the server cannot pass updates on now: what is shown is loaded again
 *   from time to time, and is live as soon as it can be;
 * - `waiting`: the connection is lost; the next attempt is at `retryAt`;
 * - `offline`: as waiting, and the platform says that there is no network;
 * - `signed-out`: `token` answered null. `connect()` starts again;
 * - `refused`: the server said not to come back (`reason`). `connect()` starts again.
 */
export type Status =
  | 'idle'
  | 'connecting'
  | 'catching-up'
  | 'live'
  | 'delayed'
  | 'waiting'
  | 'offline'
  | 'signed-out'
  | 'refused'

/**
 * - `snapshot`: a snapshot is wanted or being loaded;
 * - `delayed`: likewise, and the last one had no cursor to go on from;
 * - `resuming`: has a cursor, and is not caught up (or not connected);
 * - `live`: caught up;
 * - `refused`: the token does not allow it.
 */
export type ChannelStatus = 'snapshot' | 'delayed' | 'resuming' | 'live' | 'refused'

export interface ClientState {
  readonly status: Status
  /** Of `waiting` and `offline`: milliseconds since the epoch; otherwise null. */
  readonly retryAt: number | null
  /** Why it is not live, for people; null when there is nothing to say. */
  readonly reason: string | null
  /** The last heartbeat's age of the pipe in milliseconds (the oldest of the channels); null before one. */
  readonly ageMs: number | null
  /** The channels that are subscribed, or wanted. */
  readonly channels: Readonly<Partial<Record<ChannelName, ChannelStatus>>>
}

/** Beside the order: where its event stands. */
export interface EventInfo {
  readonly channel: ChannelName
  readonly id: Cursor
  /** True for what a resume brought; toasts should follow `seen`, not this. */
  readonly replayed: boolean
}

export interface TakenSnapshot extends Snapshot {
  readonly channel: ChannelName
  /** `kept`: restored from storage; what happened since follows. */
  readonly source: 'server' | 'kept'
}

/** The outcome of a resume, for a "last resume" line. */
export interface Resume {
  readonly channel: ChannelName
  /** What it continued: a `snapshot`, what was `kept`, a `cut` connection, a `hole` in what arrived. */
  readonly after: 'snapshot' | 'kept' | 'cut' | 'hole'
  /** False: the cursor could not be resumed from; a snapshot follows. */
  readonly recovered: boolean
  /** Events that the server sent again. */
  readonly replayed: number
  readonly reason?: ResumeReason
}

export type ClientProblem =
  /** A listener, `batch` or `keep` threw. */
  | { readonly source: 'app'; readonly error: unknown }
  /** `token` or `snapshot` rejected; it is tried again (but for `SnapshotRefused`). */
  | { readonly source: 'token' | 'snapshot'; readonly error: unknown }
  /** Reading or writing what is kept failed; the client goes on without. */
  | { readonly source: 'storage'; readonly error: unknown }
  /** A line that is not of the protocol; if an event was lost with it, the hole will show. */
  | { readonly source: 'frame'; readonly error: unknown }
  /** An `error` frame of the server. */
  | { readonly source: 'server'; readonly code: ErrorCode; readonly error: unknown }

type OrderListener = (order: Order, info: EventInfo) => void

/**
 * Events of the client. Listeners run synchronously, in the order in which they were added; one that
 * throws is reported by `error` and keeps nobody else from the event. Apply an event before you
 * return: once the listeners returned, the cursor moves past it.
 */
export interface ClientEvents {
  'order:created': OrderListener
  'order:updated': OrderListener
  'order:cancelled': OrderListener
  'admin:order:created': OrderListener
  'admin:order:updated': OrderListener
  'admin:order:cancelled': OrderListener
  'admin:stats': (stats: Stats) => void
  /**
   * The state to go on from: show it in place of what you show. What follows is everything after its
   * cursor, also what was delivered before. Further pages that you had may be out of date: drop them
   * or load them again. One without a cursor is no state to go on from: nothing follows but another
   * snapshot, so fold it into what you show.
   */
  snapshot: (snapshot: TakenSnapshot) => void
  resumed: (resume: Resume) => void
  /** After the state became another one; `client.state` is never behind. */
  state: (state: ClientState) => void
  /** With every heartbeat: how old the newest proof is that updates come through. */
  age: (age: { readonly channel: ChannelName; readonly ageMs: number }) => void
  /** Without a listener, problems go to the platform's `reportError`, or to the console. */
  error: (problem: ClientProblem) => void
}

export interface Client {
  /** Calls `listener` at each `event`. Returns what removes it. */
  on<Event extends keyof ClientEvents>(event: Event, listener: ClientEvents[Event]): () => void
  /** Wants a channel, now and after every reconnection. Without effect on one already wanted. */
  subscribe(channel: ChannelName, options?: { readonly from?: From }): void
  /** No event of the channel is delivered after this. What was kept of it is dropped. */
  unsubscribe(channel: ChannelName): void
  readonly state: ClientState
  /** How far the channel was applied; null before its first snapshot, or when it is not subscribed. */
  place(channel: ChannelName): Place | null
  /** The versions that this subject has seen. */
  readonly seen: Seen
  /** Connects, and stays connected until `close`. Without effect while it does. */
  connect(): void
  /** Disconnects and writes what is kept. `connect` goes on from there. */
  close(): void
  /** Drops all that was kept for the subject, as at sign-out, and keeps nothing more; close it before. */
  forget(): void
}
