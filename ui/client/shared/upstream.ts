import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import {
  encodeFrame,
  splitFrames,
  type AuthenticatedFrame,
  type ClientFrame,
} from '../../../server/protocol/frames'
import type { Clock } from '../clock'
import { decodeServerFrame, type ChannelFrame } from '../decode'
import { silenceLeftMs } from '../delays'
import type { OpenSocket, Socket } from '../socket'

/** From opening the socket to `authenticated`. */
const CONNECT_TIMEOUT_MS = 10_000

export interface UpstreamSeams {
  readonly openSocket: OpenSocket
  readonly clock: Clock
}

export interface UpstreamListener {
  /** Also after each renewal. */
  authenticated(data: AuthenticatedFrame['data']): void
  received(frame: ChannelFrame, line: string): void
  /** A line that is not of the protocol as it is known here. */
  unknown(line: string): void
  /** Whether the server owes frames: only then is silence a bad sign. */
  framesDue(): boolean
  /** Once, unless it was dropped. */
  ended(code: number, reason: string): void
}

/** A connection to the server: authenticates, and notices that it is dead. */
export class Upstream {
  readonly #clock: Clock
  readonly #socket: Socket
  #over = false
  #heartbeatMs: number | null = null
  #lastFrameAt: number
  #cancelDeadline = () => {}

  constructor(
    seams: UpstreamSeams,
    url: string,
    token: string,
    private readonly listener: UpstreamListener,
  ) {
    this.#clock = seams.clock
    this.#lastFrameAt = seams.clock.now()
    this.#socket = seams.openSocket(url, {
      opened: () => this.send({ event: 'auth', data: { token } }),
      received: (text) => this.#received(text),
      ended: (code, reason) => this.#end(code, reason),
    })
    this.#cancelDeadline = seams.clock.after(CONNECT_TIMEOUT_MS, () => this.#abandon())
  }

  /** What is asked has to be answered: silence counts from here. */
  send(frame: ClientFrame): void {
    if (this.#over) return
    this.#lastFrameAt = this.#clock.now()
    this.#socket.send(encodeFrame(frame))
  }

  /** Ends it without a word to the listener. */
  drop(): void {
    if (this.#over) return
    this.#over = true
    this.#cancelDeadline()
    this.#socket.drop()
  }

  /** Ends it if it has been silent for too long, as after the machine slept. */
  check(): void {
    if (this.#over || this.#heartbeatMs === null) return
    this.#cancelDeadline()
    const now = this.#clock.now()
    if (!this.listener.framesDue()) this.#lastFrameAt = now
    const leftMs = silenceLeftMs(this.#lastFrameAt, this.#heartbeatMs, now)
    if (leftMs <= 0) this.#abandon()
    else this.#cancelDeadline = this.#clock.after(leftMs, () => this.check())
  }

  #received(text: unknown): void {
    this.#lastFrameAt = this.#clock.now()
    for (const line of typeof text === 'string' ? splitFrames(text) : []) {
      // A listener may have dropped it.
      if (this.#over) return
      const decoded = decodeServerFrame(line)
      if (!decoded.ok || decoded.frame === null) this.listener.unknown(line)
      else if (decoded.frame.event === 'authenticated') this.#authenticated(decoded.frame.data)
      else this.listener.received(decoded.frame, line)
    }
  }

  #authenticated(data: AuthenticatedFrame['data']): void {
    this.#heartbeatMs = data.heartbeatMs
    this.listener.authenticated(data)
    this.check()
  }

  #abandon(): void {
    const { code, reason } = CLOSE_CODES.abnormal
    this.#end(code, reason)
  }

  #end(code: number, reason: string): void {
    if (this.#over) return
    this.drop()
    this.listener.ended(code, reason)
  }
}
