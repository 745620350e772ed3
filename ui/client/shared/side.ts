import type { Cursor } from '../../../server/protocol/cursor'
import type { CloseCode } from '../../../server/protocol/close-codes'
import type { ChannelName, HeartbeatFrame } from '../../../server/protocol/frames'
import { isEventFrame, type ChannelFrame } from '../decode'
import type { Upstream, UpstreamListener } from './upstream'

export type OpenUpstream = (listener: UpstreamListener) => Upstream

export interface SideEffects {
  /** For the tab, as the server sent it. */
  line(line: string): void
  /** The tab has more of the channel than before: maybe enough to go on with the others. */
  moved(): void
  /** The server said no: the tab is not subscribed. */
  refused(): void
  ended(end: Pick<CloseCode, 'code' | 'reason'>): void
}

/**
 * A connection for one tab whose cursor only the server can judge: it resumes there, and lasts until
 * the tab has caught up with what all tabs get.
 */
export class Side {
  readonly #upstream: Upstream
  readonly #effects: SideEffects
  /** The tab has everything up to here; null before it has caught up. */
  #at: Cursor | null = null
  #last: Cursor | null = null

  constructor(open: OpenUpstream, channel: ChannelName, cursor: Cursor, effects: SideEffects) {
    this.#effects = effects
    this.#upstream = open({
      authenticated: () => this.#upstream.send({ event: `subscribe:${channel}`, data: { cursor } }),
      received: (frame, line) => this.#received(frame, line),
      unknown: (line) => effects.line(line),
      framesDue: () => true,
      ended: (code, reason) => effects.ended({ code, reason }),
    })
  }

  get at(): Cursor | null {
    return this.#at
  }

  /** The last event that the tab got, as far as it is known. */
  get last(): Cursor | null {
    return this.#last
  }

  close(): void {
    this.#upstream.drop()
  }

  #received(frame: ChannelFrame, line: string): void {
    this.#effects.line(line)
    if (isEventFrame(frame)) {
      this.#last = frame.id
      if (this.#at === null) return
      this.#at = frame.id
      return this.#effects.moved()
    }
    switch (frame.event) {
      case 'subscribed':
        this.#last = frame.data.last
        if (frame.data.recovered === false) this.#refused()
        return
      case 'caught-up':
        this.#at = frame.data.cursor
        this.#last = frame.data.last ?? this.#last
        return this.#effects.moved()
      case 'error':
      case 'unsubscribed':
        return this.#refused()
      case 'heartbeat':
        return this.#beat(frame.data)
      case 'admin:stats':
    }
  }

  #beat({ cursor, last }: HeartbeatFrame['data']): void {
    const hasAll = last === null || last === this.#last
    if (this.#at === null || !hasAll) return
    this.#at = cursor
    this.#effects.moved()
  }

  #refused(): void {
    this.close()
    this.#effects.refused()
  }
}
