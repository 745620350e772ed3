import {
  CHANNEL_NAMES,
  EVENT_NAMES,
  type ChannelName,
  type Decoded,
  type EventFrame,
  type ServerFrame,
} from '../../server/protocol/frames'

/** `null` for an object of the protocol's form whose event is not known here: a newer server's. */
export type DecodedServerFrame = Decoded<ServerFrame | null>

/** What a connection hands on: `authenticated` is its own matter. */
export type ChannelFrame = Exclude<ServerFrame, { readonly event: 'authenticated' }>

const EVENTS: ReadonlySet<string> = new Set(
  EVENT_NAMES.flatMap((name) => [`order:${name}`, `admin:order:${name}`]),
)

/** Decodes one line that the server sent, as far as the client relies on it. */
export function decodeServerFrame(line: string): DecodedServerFrame {
  const frame = parse(line)
  if (!isObject(frame) || typeof frame.event !== 'string') {
    return { ok: false, message: 'expected a JSON object with an event' }
  }
  const check = EVENTS.has(frame.event) ? eventFrame : CHECKS.get(frame.event)
  if (!check) return { ok: true, frame: null }
  const wrong = check(frame)
  return wrong === null
    ? { ok: true, frame: frame as unknown as ServerFrame }
    : { ok: false, message: `${frame.event}: ${wrong}` }
}

export function isEventFrame(frame: ServerFrame): frame is EventFrame {
  return EVENTS.has(frame.event)
}

/** The channel that an event, or `admin:stats`, belongs to by its name. */
export function channelOf(event: string): ChannelName {
  return event.startsWith('admin:') ? 'admin' : 'orders'
}

type Members = Record<string, unknown>
type Check = (frame: Members) => string | null

const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    authenticated: (frame: Members) =>
      !isObject(frame.data) || !isPositive(frame.data.heartbeatMs)
        ? 'data.heartbeatMs must be a positive number'
        : !isNullOr('number', frame.data.expiresAt)
          ? 'data.expiresAt must be a number or null'
          : null,
    subscribed: (frame: Members) =>
      channel(frame) ??
      (isNullOr('string', data(frame).cursor) && isNullOr('string', data(frame).last)
        ? null
        : 'data.cursor and data.last must be strings or null'),
    'caught-up': (frame: Members) =>
      place(frame) ??
      (typeof data(frame).replayed === 'number' ? null : 'data.replayed must be a number'),
    heartbeat: (frame: Members) =>
      place(frame) ??
      (typeof data(frame).ageMs === 'number' ? null : 'data.ageMs must be a number'),
    unsubscribed: channel,
    'admin:stats': (frame: Members) => (isObject(frame.data) ? null : 'data must be an object'),
    error: (frame: Members) =>
      typeof data(frame).code === 'string' ? null : 'data.code must be a string',
  } satisfies Record<string, Check>),
)

function eventFrame(frame: Members): string | null {
  const order = data(frame)
  if (typeof frame.id !== 'string' || frame.id === '') return 'id must be a non-empty string'
  if (typeof frame.prev !== 'string') return 'prev must be a string'
  return typeof order.orderId === 'string' && typeof order.version === 'number'
    ? null
    : 'data must be an order'
}

function channel(frame: Members): string | null {
  return CHANNEL_NAMES.some((name) => name === data(frame).channel)
    ? null
    : `data.channel must be one of ${CHANNEL_NAMES.join(', ')}`
}

function place(frame: Members): string | null {
  const { cursor, last } = data(frame)
  return (
    channel(frame) ??
    (typeof cursor === 'string' && isNullOr('string', last)
      ? null
      : 'data.cursor must be a string, data.last a string or null')
  )
}

function data(frame: Members): Members {
  return isObject(frame.data) ? frame.data : {}
}

function isNullOr(type: 'string' | 'number', value: unknown): boolean {
  return value === null || typeof value === type
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
