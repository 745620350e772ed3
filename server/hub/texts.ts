import type { Cursor } from '../protocol/cursor'
import { type ChannelName, encodeFrame, joinFrames } from '../protocol/frames'
import type { LogEntry } from '../event-log/event-log'
import { type ReplayWindow, storedBytes } from './window'

/** A frame carries several events, up to this size. */
const MAX_TEXT_BYTES = 65_536
/** The members around an event's data. */
const ENVELOPE_BYTES = 160

/** How large a text may get: small beside what may be buffered for one socket. */
export function textBytes(backpressureLimitBytes: number): number {
  return Math.min(MAX_TEXT_BYTES, Math.floor(backpressureLimitBytes / 8))
}

/** Joins objects into texts of at most `maxBytes`; a larger object is a text of its own. */
export function joinTexts(objects: readonly string[], maxBytes: number): string[] {
  const texts: string[] = []
  let from = 0
  let bytes = 0
  for (let at = 0; at < objects.length; at++) {
    const size = Buffer.byteLength(objects[at]!) + 1
    if (bytes + size > maxBytes && at > from) {
      texts.push(joinFrames(objects.slice(from, at)))
      from = at
      bytes = 0
    }
    bytes += size
  }
  if (from < objects.length) texts.push(joinFrames(objects.slice(from)))
  return texts
}

/** What a client is to get after its cursor, ready to be sent. */
export interface ReplayTexts {
  readonly texts: readonly string[]
  readonly replayed: number
  /** What the texts are complete up to: a place in this window. */
  readonly window: ReplayWindow
  readonly seq: number
}

/** A whole replay: `subscribed`, the events, `caught-up`. */
export interface ReplayParts {
  readonly channel: ChannelName
  /** The client's own, echoed: it moves only with what arrives. */
  readonly cursor: Cursor
  /** The channel's newest event at or before `cursor`, if known. */
  readonly last: Cursor | null
  readonly events: readonly string[]
  /** What the events are complete up to. */
  readonly to: Cursor
  /** The channel's newest event at or before `to`, if known. */
  readonly lastAtEnd: Cursor | null
}

export function replayTexts(parts: ReplayParts, maxBytes: number): string[] {
  const { channel, cursor, last, events, to, lastAtEnd } = parts
  const replayed = events.length
  return joinTexts(
    [
      encodeFrame({ event: 'subscribed', data: { channel, cursor, last, recovered: true } }),
      ...events,
      encodeFrame({ event: 'caught-up', data: { channel, cursor: to, last: lastAtEnd, replayed } }),
    ],
    maxBytes,
  )
}

/** The answer to a subscribe without a cursor: live from `cursor`. */
export function liveText(channel: ChannelName, cursor: Cursor, last: Cursor | null): string {
  return joinFrames([
    encodeFrame({ event: 'subscribed', data: { channel, cursor, last } }),
    encodeFrame({ event: 'caught-up', data: { channel, cursor, last, replayed: 0 } }),
  ])
}

/** Entries that are published together. */
export interface Run {
  readonly entries: readonly LogEntry[]
  /** About what their frames take. */
  readonly bytes: number
}

/**
 * Entries in runs of at most `maxBytes` of frames (a larger entry is a run of its own). An entry that
 * ends subscriptions ends its run, too.
 */
export function* runsOf(entries: readonly LogEntry[], maxBytes: number): Generator<Run> {
  let from = 0
  let bytes = 0
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!
    const size = entry.kind === 'event' ? storedBytes(entry) + ENVELOPE_BYTES : 0
    if (bytes + size > maxBytes && at > from) {
      yield { entries: entries.slice(from, at), bytes }
      from = at
      bytes = 0
    }
    bytes += size
    if (entry.kind === 'gap' || entry.kind === 'revoke') {
      yield { entries: entries.slice(from, at + 1), bytes }
      from = at + 1
      bytes = 0
    }
  }
  if (from < entries.length) {
    yield { entries: from === 0 ? entries : entries.slice(from), bytes }
  }
}
