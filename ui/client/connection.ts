import { closeCode, CLOSE_CODES, type CloseCode } from '../../server/protocol/close-codes'
import { encodeFrame, splitFrames } from '../../server/protocol/frames'
import type { AuthenticatedFrame, ClientFrame } from '../../server/protocol/frames'
import type { ClientProblem, Seams, TokenContext } from './api'
import { type ChannelFrame, decodeServerFrame } from './decode'
import { backoffMs, renewDelayMs, silenceLeftMs } from './delays'
import type { Socket } from './socket'

/** For the token, and from opening the socket to `authenticated`. */
const CONNECT_TIMEOUT_MS = 10_000

export interface ConnectionOptions {
  readonly url: () => string
  readonly token: (context: TokenContext) => Promise<string | null>
  /** Why the first token is asked for. */
  readonly reason: 'connect' | 'rejected'
  readonly seams: Omit<Seams, 'wakeUps'>
}

export interface ConnectionListener {
  authenticated(): void
  /** What one WebSocket frame carried, `authenticated` aside. */
  received(frames: readonly ChannelFrame[]): void
  /** Once, unless it was dropped. `lasted`: it was authenticated for longer than a heartbeat. */
  ended(end: CloseCode, lasted: boolean): void
  /** Nobody is signed in; the connection is gone. */
  signedOut(): void
  problem(problem: ClientProblem): void
}

/** One connection, from the token to its end: authenticates, renews, and notices that it is dead. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #listener: ConnectionListener
  #socket: Socket | null = null
  #over = false
  #authenticatedAt: number | null = null
  #heartbeatMs = 0
  #lastFrameAt = 0
  #framesDue = false
  #renewals = 0
  #cancelDeadline = () => {}
  #cancelRenewal = () => {}

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options
    this.#listener = listener
  }

  /** Gets a token and opens the socket. */
  open(): void {
    this.#startDeadline()
    this.#withToken(
      this.#options.reason,
      (token) => this.#openSocket(token),
      () => this.#end(CLOSE_CODES.abnormal),
    )
  }

  get authenticated(): boolean {
    return this.#authenticatedAt !== null && !this.#over
  }

  send(frame: ClientFrame): void {
    if (!this.#over) this.#socket?.send(encodeFrame(frame))
  }

  /** Ends it without a word to the listener. */
  drop(): void {
    if (this.#over) return
    this.#over = true
    this.#cancelDeadline()
    this.#cancelRenewal()
    this.#socket?.drop()
  }

  /** It is of no use any more: ends as if the network had. */
  abandon(): void {
    this.#end(CLOSE_CODES.abnormal)
  }

  /** Whether the server owes frames (heartbeats, or an answer): only then is silence a bad sign. */
  expectFrames(due: boolean): void {
    if (due === this.#framesDue || !this.authenticated) return
    this.#framesDue = due
    this.#cancelDeadline()
    if (!due) return
    this.#lastFrameAt = this.#now()
    this.check()
  }

  /** Ends it if it has been silent for too long, as after the machine slept. */
  check(): void {
    if (!this.#framesDue || this.#over) return
    this.#cancelDeadline()
    const leftMs = silenceLeftMs(this.#lastFrameAt, this.#heartbeatMs, this.#now())
    if (leftMs <= 0) this.abandon()
    else this.#cancelDeadline = this.#options.seams.clock.after(leftMs, () => this.check())
  }

  #openSocket(token: string): void {
    const { openSocket } = this.#options.seams
    try {
      this.#socket = openSocket(this.#options.url(), {
        opened: () => this.send({ event: 'auth', data: { token } }),
        received: (frame) => this.#received(frame),
        ended: (code) => this.#end(closeCode(code)),
      })
    } catch (error) {
      // An address that is none: no attempt will ever succeed, but `url` may be a function.
      this.#end(CLOSE_CODES.abnormal)
      return this.#listener.problem({ source: 'app', error })
    }
    this.#startDeadline()
  }

  #startDeadline(): void {
    this.#cancelDeadline()
    const { clock } = this.#options.seams
    this.#cancelDeadline = clock.after(CONNECT_TIMEOUT_MS, () => this.abandon())
  }

  #received(text: unknown): void {
    this.#lastFrameAt = this.#now()
    if (typeof text !== 'string') return this.#malformed('expected text, not binary')
    const frames: ChannelFrame[] = []
    for (const line of splitFrames(text)) {
      const decoded = decodeServerFrame(line)
      if (!decoded.ok) this.#malformed(decoded.message)
      else if (decoded.frame?.event === 'authenticated') this.#authenticated(decoded.frame.data)
      else if (decoded.frame) frames.push(decoded.frame)
    }
    if (frames.length > 0 && !this.#over) this.#listener.received(frames)
  }

  #authenticated(data: AuthenticatedFrame['data']): void {
    const first = this.#authenticatedAt === null
    this.#heartbeatMs = data.heartbeatMs
    this.#renewals = 0
    this.#renewAfter(renewDelayMs(data.expiresAt, this.#now(), this.#options.seams.random()))
    if (!first) return
    this.#authenticatedAt = this.#now()
    this.#cancelDeadline()
    this.#listener.authenticated()
  }

  #renewAfter(delayMs: number | null): void {
    this.#cancelRenewal()
    if (delayMs === null) return
    this.#cancelRenewal = this.#options.seams.clock.after(delayMs, () => this.#renew())
  }

  #renew(): void {
    this.#withToken(
      'renew',
      (token) => this.send({ event: 'auth', data: { token } }),
      () => this.#renewAfter(backoffMs(this.#renewals++, this.#options.seams.random())),
    )
  }

  /** Rejections of the app's `token` are told; null ends the connection. */
  #withToken(
    reason: TokenContext['reason'],
    got: (token: string) => void,
    failed: () => void,
  ): void {
    const asked = (async () => this.#options.token({ reason }))()
    asked.then(
      (token) => {
        if (this.#over) return
        if (token !== null) return got(token)
        this.drop()
        this.#listener.signedOut()
      },
      (error: unknown) => {
        if (this.#over) return
        failed()
        this.#listener.problem({ source: 'token', error })
      },
    )
  }

  #end(end: CloseCode): void {
    if (this.#over) return
    const since = this.#authenticatedAt
    this.drop()
    this.#listener.ended(end, since !== null && this.#now() - since > this.#heartbeatMs)
  }

  #malformed(message: string): void {
    this.#listener.problem({ source: 'frame', error: new Error(message) })
  }

  #now(): number {
    return this.#options.seams.clock.now()
  }
}
