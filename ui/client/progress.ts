import type { Cursor } from '../../server/protocol/cursor'
import type {
  CaughtUpFrame,
  EventFrame,
  HeartbeatFrame,
  SubscribedFrame,
} from '../../server/protocol/frames'
import type { Place } from './api'

/**
 * The rules by which a channel's place moves: only past events that were applied, by `caught-up`, and
 * by a heartbeat that proves that nothing is missing. Everything is compared by equality.
 */

/**
 * What to do with an event. A duplicate is one that was applied already since the last snapshot.
 * A `prev` of `''` matches any `last`, and so does any `prev` where no `last` is known.
 */
export function decideEvent(
  last: Cursor | null,
  applied: { has(id: Cursor): boolean },
  frame: Pick<EventFrame, 'id' | 'prev'>,
): 'apply' | 'duplicate' | 'hole' {
  if (frame.id === last || applied.has(frame.id)) return 'duplicate'
  return frame.prev === '' || last === null || frame.prev === last ? 'apply' : 'hole'
}

export function afterEvent(frame: Pick<EventFrame, 'id'>): Place {
  return { cursor: frame.id, last: frame.id }
}

/**
 * A resume echoes the client's cursor, so the replay is not lost if the connection ends before it
 * arrived; a client without a `last` adopts the one at that cursor. Without a cursor the
 * subscription is live from the node's position at once.
 */
export function afterSubscribed(
  place: Place | null,
  data: Pick<SubscribedFrame['data'], 'cursor' | 'last'>,
): Place | null {
  if (place) return { cursor: place.cursor, last: place.last ?? data.last }
  return data.cursor === null ? null : { cursor: data.cursor, last: data.last }
}

/** `hole`: an event at or before the cursor did not arrive. */
export function afterCaughtUp(
  place: Place | null,
  data: Pick<CaughtUpFrame['data'], 'cursor' | 'last'>,
): Place | 'hole' {
  const last = place?.last ?? null
  if (last !== null && data.last !== null && last !== data.last) return 'hole'
  return { cursor: data.cursor, last: last ?? data.last }
}

/**
 * Of a live channel. A heartbeat's null says that nothing was published here since the channel was
 * first subscribed; another `last` than the own says that an event did not arrive, although none came
 * after it that would show the hole.
 */
export function afterHeartbeat(
  place: Place | null,
  data: Pick<HeartbeatFrame['data'], 'cursor' | 'last'>,
): Place | 'hole' {
  const last = place?.last ?? null
  if (data.last !== null && data.last !== last) return 'hole'
  return { cursor: data.cursor, last }
}
