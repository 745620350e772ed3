import type { Cursor } from '../../server/protocol/cursor'
import type {
  CaughtUpFrame,
  ChannelName,
  ClientFrame,
  EventFrame,
  HeartbeatFrame,
  SubscribedFrame,
} from '../../server/protocol/frames'
import type { ChannelStatus, Place, Resume, Snapshot } from './api'
import { afterCaughtUp, afterEvent, afterHeartbeat, afterSubscribed, decideEvent } from './progress'
import { RecentIds } from './recent-ids'

/** What a channel asks of the client. */
export interface ChannelEffects {
  /** Hands the event to the app. The place moves past it once this returned. */
  deliver(frame: EventFrame, replayed: boolean): void
  /** Sends the operation as soon as it can be; its answer comes back as a call. */
  operate(kind: 'subscribe' | 'unsubscribe'): void
  /** Loads a snapshot; `rounds` of them were loaded since the channel was last seen to be well. */
  load(retryAfterMs: number | undefined, rounds: number): void
  resumed(resume: Resume): void
  /** The phase or the place is another one. */
  changed(): void
}

/**
 * - `snapshot`: waits for a snapshot, subscribed to nothing;
 * - `waiting`: has a place (or starts without one), waits for a connection;
 * - `subscribing`: `subscribe` is on its way: what arrives is of a subscription before;
 * - `replaying`, `live`: subscribed;
 * - `leaving`: `unsubscribe` is on its way, after a hole: what arrives is ignored;
 * - `refused` (by the server, or the app's `snapshot`), `ended` (by the app): final.
 */
type Phase =
  'snapshot' | 'waiting' | 'subscribing' | 'replaying' | 'live' | 'leaving' | 'refused' | 'ended'

export type Start =
  | { readonly after: 'snapshot' }
  | { readonly after: 'kept'; readonly place: Place }
  | { readonly after: 'now' }

/** Enough to know a frame that a confused connection brings twice; older ones show as a hole. */
const REMEMBERED_IDS = 256

/** One channel's subscription across connections: decides, and does no I/O. */
export class Channel {
  #phase: Phase
  #place: Place | null
  #after: Resume['after']
  #applied = new RecentIds(REMEMBERED_IDS)
  /** The cursor at which the last hole was seen. A second one there will not heal by itself. */
  #holeAt: string | null = null
  #rounds = 0
  /** The last snapshot had no cursor. */
  #delayed = false
  #sentCursor = false
  /**
   * A replay that begins where no `last` is known: its first event could be missing unseen. So it is
   * held back until `caught-up` says how many there were.
   */
  #held: Map<Cursor, EventFrame> | null = null
  #heldLast: Cursor | null = null

  constructor(
    readonly name: ChannelName,
    start: Start,
    private readonly effects: ChannelEffects,
  ) {
    this.#phase = start.after === 'snapshot' ? 'snapshot' : 'waiting'
    this.#place = start.after === 'kept' ? start.place : null
    this.#after = start.after === 'kept' ? 'kept' : 'snapshot'
  }

  get place(): Place | null {
    return this.#place
  }

  get phase(): Phase {
    return this.#phase
  }

  get status(): ChannelStatus {
    if (this.#phase === 'live' || this.#phase === 'refused') return this.#phase
    if (!this.#needsSnapshot) return 'resuming'
    return this.#delayed ? 'delayed' : 'snapshot'
  }

  get #needsSnapshot(): boolean {
    return this.#phase === 'snapshot' || (this.#phase === 'leaving' && this.#place === null)
  }

  /** Whether the server owes heartbeats for it. */
  get subscribed(): boolean {
    return this.#phase === 'replaying' || this.#phase === 'live'
  }

  /** Asks for the snapshot that it waits for, if it does. */
  start(): void {
    if (this.#phase === 'snapshot') this.effects.load(undefined, this.#rounds)
  }

  /** There is an authenticated connection. */
  connected(): void {
    if (this.#phase !== 'waiting') return
    this.#to('subscribing')
    this.effects.operate('subscribe')
  }

  /** The connection has ended. */
  disconnected(): void {
    if (this.#phase === 'snapshot' || this.#phase === 'refused' || this.#phase === 'ended') return
    if (this.#needsSnapshot) return this.#loadSnapshot()
    if (this.subscribed) this.#after = 'cut'
    this.#to('waiting')
  }

  /** What to send for its subscribe, from where it stands now. */
  subscribeFrame(): ClientFrame {
    this.#sentCursor = this.#place !== null
    const data = this.#place ? { cursor: this.#place.cursor } : {}
    return { event: `subscribe:${this.name}`, data }
  }

  unsubscribeFrame(): ClientFrame {
    return { event: `unsubscribe:${this.name}` }
  }

  /** The answer to its subscribe. */
  onSubscribed(data: SubscribedFrame['data']): void {
    if (this.#phase !== 'subscribing') return
    if (data.recovered === false) return this.#notRecovered(data)
    this.#place = afterSubscribed(this.#place, data)
    this.#to('replaying')
    if (this.#sentCursor && this.#place?.last === null) {
      this.#held = new Map()
      this.#heldLast = null
    }
  }

  /** Of its own accord the server ended what was subscribed: the log has a gap. */
  onDropped(data: SubscribedFrame['data']): void {
    if (this.subscribed) this.#after = 'cut'
    if (this.subscribed || this.#phase === 'leaving') this.#notRecovered(data)
  }

  /** The answer to an unsubscribe after a hole. */
  onUnsubscribed(): void {
    if (this.#phase !== 'leaving') return
    if (this.#needsSnapshot) return this.#loadSnapshot()
    this.#to('subscribing')
    this.effects.operate('subscribe')
  }

  /** The server has it subscribed already, against our knowledge: begin anew from the cursor. */
  onAlreadySubscribed(): void {
    if (this.#phase === 'subscribing') this.#leave()
  }

  onRefused(): void {
    if (this.#phase !== 'ended') this.#to('refused')
  }

  onEvent(frame: EventFrame): void {
    if (!this.subscribed) return
    const held = this.#held
    const last = held ? this.#heldLast : (this.#place?.last ?? null)
    const decision = decideEvent(last, held ?? this.#applied, frame)
    if (decision === 'duplicate') return
    if (decision === 'hole') return this.#hole()
    if (!held) return this.#apply(frame)
    held.set(frame.id, frame)
    this.#heldLast = frame.id
  }

  onCaughtUp(data: CaughtUpFrame['data']): void {
    if (this.#phase !== 'replaying') return
    if (this.#held && !this.#release(this.#held, data.replayed)) return
    const place = afterCaughtUp(this.#place, data)
    if (place === 'hole') return this.#hole()
    this.#place = place
    this.#to('live')
    if (!this.#sentCursor) return
    const { replayed } = data
    this.effects.resumed({ channel: this.name, after: this.#after, recovered: true, replayed })
  }

  /** Before the replay has ended a heartbeat says nothing about what this client has. */
  onHeartbeat(data: HeartbeatFrame['data']): void {
    if (this.#phase !== 'live') return
    const place = afterHeartbeat(this.#place, data)
    if (place === 'hole') return this.#hole()
    this.#rounds = 0
    this.#place = place
    this.effects.changed()
  }

  /**
   * A snapshot was applied: everything after its cursor is news, also what was seen before. Without
   * a cursor it is shown, and another one is loaded later.
   */
  onSnapshot({ cursor }: Snapshot): void {
    if (this.#phase !== 'snapshot') return
    this.#delayed = cursor === null
    if (cursor === null) {
      this.#rounds ||= 1
      return this.#loadSnapshot()
    }
    this.#place = { cursor, last: null }
    this.#applied.clear()
    this.#holeAt = null
    this.#after = 'snapshot'
    this.#to('waiting')
  }

  /** The app does not want it any more. */
  end(): void {
    this.#phase = 'ended'
  }

  #apply(frame: EventFrame): void {
    this.effects.deliver(frame, this.#phase === 'replaying' && this.#sentCursor)
    // Applied is applied, even where a listener closed the client; not where it ended the channel.
    if (this.#phase === 'ended') return
    this.#applied.add(frame.id)
    this.#place = afterEvent(frame)
    this.effects.changed()
  }

  /** Applies what was held back, if all is there. True when the replay is still the matter afterwards. */
  #release(held: ReadonlyMap<Cursor, EventFrame>, replayed: number): boolean {
    if (held.size < replayed) {
      this.#hole()
      return false
    }
    this.#held = null
    for (const frame of held.values()) {
      if (this.#phase === 'replaying') this.#apply(frame)
    }
    return this.#phase === 'replaying'
  }

  #notRecovered({ reason, retryAfterMs }: SubscribedFrame['data']): void {
    this.#delayed = false
    const resume = { channel: this.name, after: this.#after, recovered: false, replayed: 0 }
    this.#place = null
    // The answer to the unsubscribe on its way is to come yet.
    if (this.#phase === 'leaving') this.effects.changed()
    else this.#loadSnapshot(retryAfterMs)
    this.effects.resumed(reason === undefined ? resume : { ...resume, reason })
  }

  #hole(): void {
    const cursor = this.#place?.cursor ?? null
    if (cursor === null || cursor === this.#holeAt) this.#place = null
    this.#holeAt = cursor
    this.#after = 'hole'
    this.#leave()
  }

  #leave(): void {
    this.#to('leaving')
    this.effects.operate('unsubscribe')
  }

  #loadSnapshot(retryAfterMs?: number): void {
    this.#to('snapshot')
    this.effects.load(retryAfterMs, this.#rounds++)
  }

  #to(phase: Phase): void {
    this.#phase = phase
    this.#held = null
    this.effects.changed()
  }
}
