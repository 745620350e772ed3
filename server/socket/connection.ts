import type { ServerWebSocket } from 'bun'
import type { Principal } from '../auth/principal'
import type { LogChannel } from '../event-log/event-log'
import { type HubSocket, Replay } from '../hub/replay'
import { nameOf, type Topic } from '../hub/topics'
import { CLOSE_CODES, type CloseCode } from '../protocol/close-codes'
import { ERROR_CODES, type ErrorCode } from '../protocol/error-codes'
import {
  type ChannelName,
  type ClientFrame,
  decodeClientFrame,
  encodeFrame,
  splitFrames,
} from '../protocol/frames'
import type { Arrival } from './arrival'
import { refusal, type SocketContext, verifyNow } from './context'
import { countIn } from './counters'
import { Inbox } from './inbox'

/**
 * One socket: decodes what the client sends, one object after the other, and keeps what it may see.
 * It is handed to Bun as the socket's data, and the server's dispatcher calls `open`, `message`,
 * `drain` and `close` on it. A hundred thousand of these lie idle: few fields, and no closure, timer
 * or container of its own.
 */
export class Connection implements HubSocket {
  /** Its place among all connections, -1 when it is not one of them. */
  index = -1
  private socket: ServerWebSocket<Connection> | null = null
  /** Who it speaks for, null before `auth`. */
  private subject: string | null = null
  private staff = false
  private issuedAt: number | null = null
  /** Much was unread when it was last looked at. */
  private isSlow = false
  private orders: Topic | Replay | null = null
  private admin: Topic | Replay | null = null
  private inbox: Inbox | null = null
  /** When it ends by itself: the time for `auth`, then the token's expiry. */
  private deadlineMs: number

  /** @param arrival is forgotten once it is known who it is */
  constructor(
    private readonly context: SocketContext,
    private arrival: Arrival | null,
  ) {
    this.deadlineMs = Date.now() + context.limits.authTimeoutMs
  }

  // What the dispatcher calls.

  open(socket: ServerWebSocket<Connection>): void {
    const { connections, counters, draining, limits } = this.context
    this.socket = socket
    counters.opened++
    connections.add(this)
    const { arrival } = this
    this.arrival = null
    if (draining) return this.end(CLOSE_CODES.restart)
    if (!arrival) return
    const { address, credentials } = arrival
    if (credentials) return this.admit(credentials)
    if (address === null) return
    if (connections.unauthenticated.of(address) >= limits.maxUnauthenticatedPerAddress) {
      return this.end(CLOSE_CODES.tooMany)
    }
    connections.unauthenticated.add(address)
    this.arrival = arrival
  }

  message(_socket: ServerWebSocket<Connection>, frame: string | Buffer): void {
    if (typeof frame !== 'string') return this.end(CLOSE_CODES.unsupported)
    if (this.isClosed()) return
    const lines = splitFrames(frame)
    const inbox = this.inboxOf()
    // A blank frame costs as much as one object.
    const inSecond = inbox.count(Math.max(1, lines.length))
    if (inSecond > this.context.limits.maxFramesPerSecond) return this.end(CLOSE_CODES.tooMany)
    if (inbox.waiting) inbox.waiting.push(...lines)
    else this.take(lines)
  }

  drain(): void {
    if (this.orders instanceof Replay) this.orders.drain()
    if (this.admin instanceof Replay) this.admin.drain()
  }

  close(_socket: ServerWebSocket<Connection>, code: number): void {
    const { counters } = this.context
    countIn(counters.closed, code)
    if (this.isSlow && code === CLOSE_CODES.abnormal.code) counters.slow++
    this.release()
    this.socket = null
  }

  // What the hub calls.

  send(text: string): void {
    this.socket?.send(text)
  }

  bufferedBytes(): number {
    return this.socket?.getBufferedAmount() ?? 0
  }

  mayRead(channel: ChannelName): boolean {
    if (this.subject === null || Date.now() >= this.deadlineMs) return false
    return channel === 'orders' || this.staff
  }

  join(topic: string): void {
    this.socket?.subscribe(topic)
  }

  settle(channel: ChannelName, subscription: Topic | Replay | null): void {
    this[channel] = subscription
  }

  /** Closes the socket; nothing is sent or taken any more. */
  end({ code, reason }: CloseCode): void {
    const { socket } = this
    this.release()
    this.socket = null
    socket?.close(code, reason)
  }

  // What those who look at all connections call.

  /** Ends what has run out: the time for `auth`, the token, the patience with a replay. */
  sweep(nowMs: number): void {
    if (this.inbox?.isEmpty()) this.inbox = null
    this.isSlow = this.bufferedBytes() > this.context.hub.limits.backpressureLimitBytes / 4
    if (nowMs >= this.deadlineMs) {
      return this.end(this.subject === null ? CLOSE_CODES.authTimeout : CLOSE_CODES.unauthorized)
    }
    if (this.subject !== null && this.context.isRevoked(this.subject, this.issuedAt)) {
      return this.end(CLOSE_CODES.unauthorized)
    }
    if (this.isStalled(this.orders, nowMs) || this.isStalled(this.admin, nowMs)) {
      this.context.counters.stalled++
      this.end(CLOSE_CODES.resume)
    }
  }

  isOf(subject: string): boolean {
    return this.subject === subject
  }

  isSubscribed(): boolean {
    return this.orders !== null || this.admin !== null
  }

  /** Nothing of the log reaches it any more, though it is still open: it is about to be ended. */
  cut(): void {
    this.inboxOf().waiting = []
    this.drop('orders')
    this.drop('admin')
  }

  // Frames.

  private take(lines: readonly string[]): void {
    for (let at = 0; at < lines.length && !this.isClosed(); at++) {
      const decoded = decodeClientFrame(lines[at]!)
      if (!decoded.ok) this.refuseFrame(decoded.message)
      else if (decoded.frame.event === 'auth') {
        this.inboxOf().waiting = lines.slice(at + 1)
        return void this.authenticate(decoded.frame.data.token)
      } else this.obey(decoded.frame)
    }
  }

  private obey(frame: Exclude<ClientFrame, { event: 'auth' }>): void {
    if (this.subject === null) return this.error('unauthenticated')
    if (Date.now() >= this.deadlineMs) return this.end(CLOSE_CODES.unauthorized)
    switch (frame.event) {
      case 'subscribe:orders':
        return this.subscribe({ name: 'orders', customer: this.subject }, frame.data.cursor)
      case 'subscribe:admin':
        if (!this.staff) return this.error('forbidden')
        return this.subscribe({ name: 'admin' }, frame.data.cursor)
      case 'unsubscribe:orders':
        return this.unsubscribe('orders')
      case 'unsubscribe:admin':
        return this.unsubscribe('admin')
    }
  }

  private subscribe(channel: LogChannel, cursor: string | undefined): void {
    const { name } = channel
    if (this[name] !== null)
      return this.error('already_subscribed', `${name}: ${ERROR_CODES.already_subscribed}`)
    this.context.hub.subscribe(this, channel, this.subject!, cursor)
  }

  private unsubscribe(channel: ChannelName): void {
    if (this[channel] === null) {
      return this.error('not_subscribed', `${channel}: ${ERROR_CODES.not_subscribed}`)
    }
    this.drop(channel)
    this.send(encodeFrame({ event: 'unsubscribed', data: { channel } }))
  }

  private refuseFrame(message: string): void {
    this.context.counters.invalidFrames++
    const invalid = ++this.inboxOf().invalid
    if (invalid >= this.context.limits.maxInvalidFrames) this.end(CLOSE_CODES.badFrame)
    else this.error('invalid_frame', message)
  }

  private error(code: ErrorCode, message: string = ERROR_CODES[code]): void {
    this.send(encodeFrame({ event: 'error', data: { code, message } }))
  }

  private inboxOf(): Inbox {
    return (this.inbox ??= new Inbox())
  }

  // Who it is.

  /** Whatever comes of it, the objects behind it are taken in their order afterwards. */
  private async authenticate(token: string): Promise<void> {
    try {
      const principal = await verifyNow(this.context, token)
      if (this.isClosed()) return
      this.admit(principal)
    } catch (error) {
      if (this.isClosed()) return
      return this.end(refusal(error, this.context.logger))
    }
    const inbox = this.inboxOf()
    const lines = inbox.waiting
    inbox.waiting = null
    if (lines && lines.length > 0) this.take(lines)
  }

  private admit({ subject, staff, issuedAt, expiresAt }: Principal): void {
    const { connections, hub, limits } = this.context
    if (this.subject === null) {
      if (connections.users.of(subject) >= limits.maxSocketsPerUser) {
        return this.end(CLOSE_CODES.tooMany)
      }
      connections.users.add(subject)
      this.forgetAddress()
    } else if (this.subject !== subject) return this.end(CLOSE_CODES.subjectChanged)
    this.subject = subject
    this.staff = staff
    this.issuedAt = issuedAt
    this.deadlineMs = expiresAt === null ? Infinity : expiresAt * 1_000
    const { heartbeatMs } = hub.limits
    this.send(encodeFrame({ event: 'authenticated', data: { expiresAt, heartbeatMs } }))
    if (staff || this.admin === null) return
    this.error('forbidden')
    this.unsubscribe('admin')
  }

  private forgetAddress(): void {
    const address = this.arrival?.address ?? null
    if (address !== null) this.context.connections.unauthenticated.remove(address)
    this.arrival = null
  }

  // Endings.

  private isClosed(): boolean {
    return this.socket === null
  }

  private isStalled(subscription: Topic | Replay | null, nowMs: number): boolean {
    const { replayStallMs } = this.context.hub.limits
    return subscription instanceof Replay && subscription.isStalled(nowMs, replayStallMs)
  }

  /** Ends the subscription or replay of one channel. */
  private drop(channel: ChannelName): void {
    const subscription = this[channel]
    if (subscription === null) return
    this[channel] = null
    if (subscription instanceof Replay) return subscription.cancel()
    this.socket?.unsubscribe(nameOf(subscription))
    this.context.hub.leave(subscription)
  }

  /** Gives back all that it holds; a second time nothing is left to give. */
  private release(): void {
    this.drop('orders')
    this.drop('admin')
    this.forgetAddress()
    this.inbox = null
    if (this.subject !== null) this.context.connections.users.remove(this.subject)
    this.subject = null
    this.context.connections.remove(this)
  }
}
