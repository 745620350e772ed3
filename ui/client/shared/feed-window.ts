import { compareIds, parseCursor, type Cursor } from '../../../server/protocol/cursor'
import type { EventFrame, HeartbeatFrame } from '../../../server/protocol/frames'
import { afterCaughtUp, afterHeartbeat, decideEvent } from '../progress'

interface HeldEvent {
  readonly id: Cursor
  readonly prev: Cursor | ''
  readonly line: string
}

/** What a tab that stands at a cursor still has to be sent. */
export interface Missed {
  readonly lines: readonly string[]
  /** The channel's newest event at or before the cursor, null where it is not known. */
  readonly last: Cursor | null
}

const MAX_EVENTS = 2_000
const MAX_CHARACTERS = 4_000_000
/** Hours of heartbeats without an event. */
const MAX_MARKS = 2_000

/**
 * What one subscription brought of a channel, without a hole: everything after `base` up to `at`. The
 * oldest events are let go of, and `base` moves past them.
 */
export class FeedWindow {
  #events: HeldEvent[] = []
  /** Events that were let go of: the first one held has this number. */
  #gone = 0
  #characters = 0
  /** The last event at or before `base`. */
  #lastAtBase: Cursor | null
  #last: Cursor | null
  #at: Cursor
  /**
   * Cursors that the server named, and how many events there were at or before each. Not the last event
   * before `base`: between the two the log may have a gap, for which the server refuses it.
   */
  readonly #places = new Map<Cursor, number>()
  /** The newest places between events. */
  #marks: Cursor[] = []

  /** @param last the channel's newest event at or before `base`, where it is known */
  constructor(
    private base: Cursor,
    last: Cursor | null,
  ) {
    this.#at = base
    this.#last = last
    this.#lastAtBase = last
    this.#places.set(base, 0)
  }

  /** The newest cursor that everything is here up to. */
  get at(): Cursor {
    return this.#at
  }

  get last(): Cursor | null {
    return this.#last
  }

  get #count(): number {
    return this.#gone + this.#events.length
  }

  /** Takes the next event, unless it is here already, or one before it is missing. */
  add(frame: EventFrame, line: string): 'apply' | 'duplicate' | 'hole' {
    const decision = decideEvent(this.#last, this.#places, frame)
    if (decision !== 'apply') return decision
    this.#events.push({ id: frame.id, prev: frame.prev, line })
    this.#characters += line.length
    this.#last = frame.id
    this.#reach(frame.id)
    while (this.#events.length > MAX_EVENTS || this.#characters > MAX_CHARACTERS) this.#letGo()
    return decision
  }

  /** Nothing of the channel is missing up to the heartbeat's cursor; false: something is. */
  beat(data: HeartbeatFrame['data']): boolean {
    return this.#move(afterHeartbeat({ cursor: this.#at, last: this.#last }, data))
  }

  /** As `beat`, of the end of a replay. */
  caughtUp(data: Pick<HeartbeatFrame['data'], 'cursor' | 'last'>): boolean {
    return this.#move(afterCaughtUp({ cursor: this.#at, last: this.#last }, data))
  }

  /** What follows a cursor that is known exactly; null: the server has to be asked about it. */
  after(cursor: Cursor): Missed | null {
    const count = this.#places.get(cursor)
    if (count === undefined || count < this.#gone) return null
    const missed = this.#events.slice(count - this.#gone)
    const last = this.#events[count - this.#gone - 1]?.id ?? this.#lastAtBase
    return { lines: missed.map(({ line }) => line), last }
  }

  /**
   * What is missed by someone who has the same log up to `at`, by another connection.
   * - `wait`: what is here begins after `at`, or does not reach it yet;
   * - `foreign`: that is no place in the history that is here.
   */
  join(at: Cursor, last: Cursor | null): readonly string[] | 'wait' | 'foreign' {
    if (older(at, this.base) || older(this.#at, at)) return 'wait'
    if (isSameEntryOfAnother(at, this.#at) || isSameEntryOfAnother(at, this.base)) return 'foreign'
    if (last !== null && older(this.base, last) && !this.#places.has(last)) return 'foreign'
    const missed = this.#events.filter(({ id }) => older(at, id))
    const prev = missed[0]?.prev ?? ''
    if (prev !== '' && last !== null && prev !== last) return 'foreign'
    return missed.map(({ line }) => line)
  }

  #move(place: { readonly cursor: Cursor; readonly last: Cursor | null } | 'hole'): boolean {
    if (place === 'hole') return false
    if (this.#last === null && place.last !== null) this.#learn(place.last)
    if (!older(place.cursor, this.#at)) this.#reach(place.cursor)
    return true
  }

  /** It became known which event was the last before what is here. */
  #learn(last: Cursor): void {
    this.#last = last
    this.#lastAtBase = last
  }

  #reach(cursor: Cursor): void {
    this.#at = cursor
    if (this.#places.has(cursor)) return
    this.#places.set(cursor, this.#count)
    if (cursor === this.#last) return
    this.#marks.push(cursor)
    if (this.#marks.length > MAX_MARKS) this.#places.delete(this.#marks.shift()!)
  }

  #letGo(): void {
    const [oldest] = this.#events
    if (!oldest) return
    this.#events.shift()
    this.#gone++
    this.#characters -= oldest.line.length
    this.base = oldest.id
    this.#lastAtBase = oldest.id
    for (const [cursor, count] of this.#places) {
      if (count >= this.#gone) break
      this.#places.delete(cursor)
    }
  }
}

/** Whether `a` is before `b` in a log; tags are not looked at. */
function older(a: Cursor, b: Cursor): boolean {
  return compareIds(idOf(a), idOf(b)) < 0
}

function isSameEntryOfAnother(a: Cursor, b: Cursor): boolean {
  return a !== b && idOf(a) === idOf(b)
}

function idOf(cursor: Cursor): string {
  return parseCursor(cursor)?.id ?? '0'
}
