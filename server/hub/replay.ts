import type { LogChannel } from '../event-log/event-log'
import { CLOSE_CODES, type CloseCode } from '../protocol/close-codes'
import type { Cursor, EntryId } from '../protocol/cursor'
import { type ChannelName, encodeFrame, type ResumeReason } from '../protocol/frames'
import { isRefilling } from './log-status'
import { placeOf } from './resume'
import { joinTexts, type ReplayTexts } from './texts'
import { nameOf, type Topic } from './topics'
import type { ReplayWindow } from './window'

/** What the hub needs of a socket. Nothing here may wait. */
export interface HubSocket {
  /** Queues one text frame; a socket that is gone ignores it. */
  send(text: string): void
  /** Bytes that were sent and not taken yet. */
  bufferedBytes(): number
  /** Whether it may get the channel's events at this moment. */
  mayRead(channel: ChannelName): boolean
  /** From now on it gets what is published to `topic`. */
  join(topic: string): void
  end(row: CloseCode): void
  /** What a subscribe has become: live, still replaying, or nothing. */
  settle(channel: ChannelName, subscription: Topic | Replay | null): void
}

/** A read of the log, made ready for everybody who asked for it. */
export type LogAnswer =
  | { readonly ok: true; readonly texts: ReplayTexts }
  | { readonly ok: false; readonly reason: ResumeReason }

/** What a replay needs of its hub. */
export interface ReplayHost {
  /** Null while no window is loaded. */
  readonly window: ReplayWindow | null
  /** Whether the log was last seen being filled again. */
  isRefilling(): boolean
  /** Stop sending at this much buffered. */
  readonly pauseAtBytes: number
  readonly textBytes: number
  fromWindow(channel: LogChannel, seq: number, cursor: Cursor): ReplayTexts | null
  fromLog(channel: LogChannel, cursor: Cursor): Promise<LogAnswer>
  /** Resolves to whether the node has published the entry `id` in time. */
  reached(id: EntryId): Promise<boolean>
  join(channel: LogChannel): Topic
  retryAfterMs(): number
  started(replay: Replay, replayed: number, from: 'window' | 'log'): void
  refused(replay: Replay, reason: ResumeReason): void
  unfinished(replay: Replay): void
  /** Sent to another node, which has published more. */
  moved(replay: Replay): void
  /** Told to come again: this node has no window yet. */
  postponed(replay: Replay): void
  /** As `postponed`: the log could not be asked. */
  failed(replay: Replay, error: unknown): void
}

/**
 * One resume of one channel on one socket, from the subscribe until it is live. Inside the window
 * it is one synchronous step: look up, send, subscribe. Beyond it, or where the client takes less
 * than there is, it goes on at `drain`; only its last step (nothing left: subscribe) is synchronous.
 */
export class Replay {
  private cancelled = false
  private texts: readonly string[] = []
  private next = 0
  /** The place up to which `texts` are complete. */
  private at = -1
  private movedAt = Date.now()

  constructor(
    private readonly host: ReplayHost,
    private readonly socket: HubSocket,
    readonly channel: LogChannel,
    readonly subject: string,
    readonly cursor: Cursor,
  ) {}

  start(): void {
    const { window } = this.host
    if (!window) return this.refuseWithoutWindow()
    const place = placeOf(window, this.cursor)
    switch (place.at) {
      case 'window':
        return this.startAt(place.seq)
      case 'log':
        return this.later(this.readLog())
      case 'ahead':
        return this.later(this.wait(place.id))
      case 'nowhere':
        return this.refuse(place.reason)
    }
  }

  /** Goes on where the client had not taken enough. */
  drain(): void {
    if (this.texts.length > 0) this.pump()
  }

  /** Nothing more is sent; whoever cancels tells the client. */
  cancel(): void {
    this.cancelled = true
    this.texts = []
  }

  /** Whether the client has taken nothing for `limitMs`. */
  isStalled(nowMs: number, limitMs: number): boolean {
    return this.texts.length > 0 && nowMs - this.movedAt > limitMs
  }

  private startAt(seq: number): void {
    const texts = this.host.fromWindow(this.channel, seq, this.cursor)
    if (!texts) return this.refuse('too_far')
    this.begin(texts, 'window')
  }

  private async readLog(): Promise<void> {
    const answer = await this.host.fromLog(this.channel, this.cursor)
    if (this.cancelled) return
    if (!answer.ok) return this.refuse(answer.reason)
    this.begin(answer.texts, 'log')
  }

  /** The client comes from a node that is ahead, or from another log. */
  private async wait(id: EntryId): Promise<void> {
    const reached = await this.host.reached(id)
    if (this.cancelled) return
    if (reached) return this.start()
    const answer = await this.host.fromLog(this.channel, this.cursor)
    if (this.cancelled) return
    if (!answer.ok) return this.refuse(answer.reason)
    this.host.moved(this)
    this.finish(CLOSE_CODES.restart)
  }

  /**
   * A log that forgot will not take the cursor, filled again or not: a snapshot it is. Of one that
   * does not answer nobody can tell: the client keeps its cursor and comes again.
   */
  private refuseWithoutWindow(): void {
    if (this.host.isRefilling()) return this.refuse('refilling')
    this.host.postponed(this)
    this.finish(CLOSE_CODES.tryLater)
  }

  private later(work: Promise<void>): void {
    this.socket.settle(this.channel.name, this)
    work.catch((error: unknown) => {
      if (this.cancelled) return
      if (isRefilling(error)) return this.refuse('refilling')
      this.host.failed(this, error)
      this.finish(CLOSE_CODES.tryLater)
    })
  }

  private begin({ texts, replayed, window, seq }: ReplayTexts, from: 'window' | 'log'): void {
    if (window !== this.host.window) return this.breakOff()
    this.host.started(this, replayed, from)
    this.texts = texts
    this.at = seq
    this.pump()
  }

  private pump(): void {
    while (!this.cancelled) {
      if (!this.sendTexts()) return
      if (this.cancelled) return
      const { window } = this.host
      if (!window || this.at < window.first - 1) return this.breakOff()
      const { seqs } = window.missed(this.channel, this.at, Infinity)!
      if (seqs.length === 0) return this.goLive()
      const { name } = this.channel
      this.texts = joinTexts(
        seqs.map((seq) => window.frame(name, seq)),
        this.host.textBytes,
      )
      this.next = 0
      this.at = window.last
    }
  }

  /** False where it goes on at `drain`, or not at all. */
  private sendTexts(): boolean {
    while (this.next < this.texts.length) {
      if (!this.socket.mayRead(this.channel.name)) {
        this.finish(CLOSE_CODES.unauthorized)
        return false
      }
      if (this.socket.bufferedBytes() >= this.host.pauseAtBytes) {
        this.socket.settle(this.channel.name, this)
        return false
      }
      this.movedAt = Date.now()
      this.socket.send(this.texts[this.next++]!)
    }
    return true
  }

  private goLive(): void {
    this.cancel()
    const topic = this.host.join(this.channel)
    this.socket.join(nameOf(topic))
    this.socket.settle(this.channel.name, topic)
  }

  private refuse(reason: ResumeReason): void {
    this.cancel()
    this.host.refused(this, reason)
    const retryAfterMs = this.host.retryAfterMs()
    const data = { cursor: null, last: null, recovered: false, reason, retryAfterMs }
    this.socket.settle(this.channel.name, null)
    this.socket.send(
      encodeFrame({ event: 'subscribed', data: { channel: this.channel.name, ...data } }),
    )
  }

  /** The client has what it got; from its cursor it resumes elsewhere or anew. */
  private breakOff(): void {
    this.host.unfinished(this)
    this.finish(CLOSE_CODES.resume)
  }

  private finish(row: CloseCode): void {
    this.cancel()
    this.socket.end(row)
  }
}
