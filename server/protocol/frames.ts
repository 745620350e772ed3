import type { Cursor } from './cursor'
import type { ErrorCode } from './error-codes'
import type { Order } from './order'
import type { Stats } from './stats'

/** What a client subscribes to. Whose orders they are follows from the token alone. */
export const CHANNEL_NAMES = ['orders', 'admin'] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

/** What happened to an order: the middle of an event's name. */
export const EVENT_NAMES = ['created', 'updated', 'cancelled'] as const
export type EventName = (typeof EVENT_NAMES)[number]

/** Why a cursor could not be resumed from. For people: a client does the same for each. */
export const RESUME_REASONS = ['expired', 'unknown', 'too_far', 'source_gap', 'refilling'] as const
export type ResumeReason = (typeof RESUME_REASONS)[number]

/** Client → server. One frame carries one or more of these, one a line. */
export type ClientFrame =
  | { readonly event: 'auth'; readonly data: { readonly token: string } }
  | { readonly event: 'subscribe:orders'; readonly data: { readonly cursor?: Cursor } }
  | { readonly event: 'subscribe:admin'; readonly data: { readonly cursor?: Cursor } }
  | { readonly event: 'unsubscribe:orders' }
  | { readonly event: 'unsubscribe:admin' }

/** An event on a channel. `prev` is the `id` of the channel's event before it, `''` for none held. */
export interface EventFrame {
  readonly event: `order:${EventName}` | `admin:order:${EventName}`
  readonly id: Cursor
  readonly prev: Cursor | ''
  readonly data: Order
}

export interface AuthenticatedFrame {
  readonly event: 'authenticated'
  /** `expiresAt`: seconds since the epoch, as the token's `exp`; null for a token without one. */
  readonly data: { readonly expiresAt: number | null; readonly heartbeatMs: number }
}

export interface SubscribedFrame {
  readonly event: 'subscribed'
  readonly data: {
    readonly channel: ChannelName
    /** Live: the node's position. Recovered: the client's own. Not recovered: null. */
    readonly cursor: Cursor | null
    /** The newest event of the channel at or before `cursor`, null where the node does not know. */
    readonly last: Cursor | null
    /** Absent without a cursor. When false nothing is subscribed. */
    readonly recovered?: boolean
    readonly reason?: ResumeReason
    /** Wait this long (jittered by the server) before the snapshot is loaded. */
    readonly retryAfterMs?: number
  }
}

export interface CaughtUpFrame {
  readonly event: 'caught-up'
  readonly data: {
    readonly channel: ChannelName
    readonly cursor: Cursor
    /** The last event of the channel at or before `cursor`, null where the node does not know. */
    readonly last: Cursor | null
    readonly replayed: number
  }
}

export interface HeartbeatFrame {
  readonly event: 'heartbeat'
  readonly data: {
    readonly channel: ChannelName
    /** The newest entry that this node has published. */
    readonly cursor: Cursor
    /** The last event published on this channel here; null: none since it was first subscribed. */
    readonly last: Cursor | null
    /** Age of the newest proof that the pipe moves, in milliseconds. */
    readonly ageMs: number
  }
}

/** Server → client. */
export type ServerFrame =
  | AuthenticatedFrame
  | SubscribedFrame
  | EventFrame
  | CaughtUpFrame
  | HeartbeatFrame
  | { readonly event: 'unsubscribed'; readonly data: { readonly channel: ChannelName } }
  | { readonly event: 'admin:stats'; readonly data: Stats }
  | {
      readonly event: 'error'
      readonly data: { readonly code: ErrorCode; readonly message: string }
    }

export type Decoded<Frame> =
  { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly message: string }

/** The objects of one WebSocket frame: one a line, empty lines ignored. */
export function splitFrames(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** Several objects in one WebSocket frame. */
export function joinFrames(objects: readonly string[]): string {
  return objects.join('\n')
}

/** Decodes one line that a client sent. Unknown members are ignored, so that clients can be newer. */
export function decodeClientFrame(line: string): Decoded<ClientFrame> {
  const value = parseObject(line)
  if (!value) return invalid('expected a JSON object on each line')
  const { event } = value
  switch (event) {
    case 'auth': {
      const token = members(value.data)?.token
      return typeof token === 'string' && token !== ''
        ? { ok: true, frame: { event, data: { token } } }
        : invalid('auth: data.token must be a non-empty string')
    }
    case 'subscribe:orders':
    case 'subscribe:admin': {
      const data = value.data === undefined ? {} : members(value.data)
      if (!data) return invalid(`${event}: data must be an object`)
      const { cursor } = data
      if (cursor === undefined || cursor === null) return { ok: true, frame: { event, data: {} } }
      return typeof cursor === 'string'
        ? { ok: true, frame: { event, data: { cursor } } }
        : invalid(`${event}: data.cursor must be a string, as the server sent it`)
    }
    case 'unsubscribe:orders':
    case 'unsubscribe:admin':
      return { ok: true, frame: { event } }
    default:
      return invalid(
        'event must be one of auth, subscribe:orders, subscribe:admin, unsubscribe:orders, unsubscribe:admin',
      )
  }
}

/** Serializes an object of the protocol on one line. */
export function encodeFrame(frame: ServerFrame | ClientFrame): string {
  return JSON.stringify(frame)
}

/**
 * An event frame put together from stored bytes, which are never parsed on this path.
 * @param data the whole order as JSON on one line
 */
export function encodeEventFrame(
  channel: ChannelName,
  name: EventName,
  id: Cursor,
  prev: Cursor | '',
  data: string,
): string {
  const event = channel === 'admin' ? 'admin:order:' : 'order:'
  return `{"event":"${event}${name}","id":"${id}","prev":"${prev}","data":${data}}`
}

function invalid(message: string): { ok: false; message: string } {
  return { ok: false, message }
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    return members(JSON.parse(line))
  } catch {
    return null
  }
}

function members(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}
