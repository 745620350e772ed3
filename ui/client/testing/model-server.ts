import { CLOSE_CODES, type CloseCode } from '../../../server/protocol/close-codes'
import {
  decodeClientFrame,
  encodeFrame,
  splitFrames,
  type ServerFrame,
} from '../../../server/protocol/frames'
import type { Snapshot } from '../api'
import type { OpenSocket, SocketListener } from '../socket'
import { ModelLog, type ModelEntry } from './model-log'

export const HEARTBEAT_MS = 1_000

/** One connection: what is on its way in both directions arrives when the test lets it. */
interface Line {
  readonly listener: SocketListener
  readonly toServer: string[]
  readonly toClient: string[]
  subscribed: boolean
  open: boolean
}

/** A server of one customer, as PROTOCOL has it, that can be told to misbehave. */
export class ModelServer {
  readonly log = new ModelLog()
  /** The newest connection; older ones were dropped by the client. */
  #line: Line | null = null
  #lose = 0
  #double = 0
  #snapshotFailures = 0
  #snapshotLag = 0
  /** The log is lost, and not there yet: orders change all the same. */
  #withoutLog = false

  readonly openSocket: OpenSocket = (_, listener) => {
    const line: Line = { listener, toServer: [], toClient: [], subscribed: false, open: false }
    this.#line = line
    return {
      send: (text) => void line.toServer.push(text),
      drop: () => {
        if (this.#line === line) this.#line = null
      },
    }
  }

  /** A snapshot: the position read before the state. */
  async snapshot(): Promise<Snapshot> {
    if (this.#snapshotFailures-- > 0) throw new Error('503')
    if (this.#withoutLog) return { cursor: null, items: [...this.log.table.values()] }
    const cursor = this.log.held.at(-1 - this.#snapshotLag)?.id ?? this.log.position
    await Promise.resolve()
    return { cursor, items: [...this.log.table.values()] }
  }

  /** Snapshots come from a node that is this many entries behind the others. */
  lagSnapshots(entries: number): void {
    this.#snapshotLag = entries
  }

  failSnapshots(count: number): void {
    this.#snapshotFailures = count
  }

  append(orderId: string): void {
    if (this.#withoutLog) return void this.log.change(orderId)
    const entry = this.log.append(orderId)
    if (this.#line?.subscribed) this.#sendEvent(entry)
  }

  /** The next `count` events vanish on their way. */
  loseNext(count: number): void {
    this.#lose = count
  }

  /** The next `count` events arrive twice. */
  doubleNext(count: number): void {
    this.#double = count
  }

  heartbeat(): void {
    if (!this.#line?.subscribed) return
    const cursor = this.log.position
    const last = this.log.lastAtOrBefore(cursor)
    this.#send({ event: 'heartbeat', data: { channel: 'orders', cursor, last, ageMs: 0 } })
  }

  /** The source lost data: the tables know of changes that the log does not. */
  gap(orderId: string): void {
    this.log.change(orderId)
    if (this.#withoutLog) return
    this.log.gap()
    if (!this.#line?.subscribed) return
    this.#line.subscribed = false
    this.#notRecovered('source_gap')
  }

  /** The log is another one; who was subscribed is closed. */
  loseLog(end: CloseCode): void {
    if (this.#withoutLog) return
    this.log.lose()
    this.end(end)
  }

  /** The server is started again, and its log is lost: until `refilled` it has no place in any. */
  restartWithoutLog(): void {
    this.#withoutLog = true
    this.end(CLOSE_CODES.goingAway)
  }

  refilled(): void {
    if (!this.#withoutLog) return
    this.#withoutLog = false
    this.log.lose()
  }

  garble(): void {
    this.#line?.toClient.push('{"event":"order:upd')
  }

  /** Lets up to `count` frames arrive in each direction. */
  deliver(count: number): void {
    const line = this.#line
    if (!line) return
    if (!line.open) {
      line.open = true
      line.listener.opened()
    }
    for (const text of line.toServer.splice(0, count)) {
      for (const object of splitFrames(text)) this.#handle(line, object)
    }
    for (const text of line.toClient.splice(0, count)) {
      if (this.#line === line) line.listener.received(text)
    }
  }

  get idle(): boolean {
    const line = this.#line
    return !line || (line.open && line.toServer.length === 0 && line.toClient.length === 0)
  }

  /** Ends the connection; what was on its way is lost with it. */
  end({ code, reason }: Pick<CloseCode, 'code' | 'reason'>): void {
    const line = this.#line
    this.#line = null
    line?.listener.ended(code, reason)
  }

  #handle(line: Line, object: string): void {
    const decoded = decodeClientFrame(object)
    if (!decoded.ok) throw new Error(decoded.message)
    const { frame } = decoded
    switch (frame.event) {
      case 'auth':
        return this.#send({
          event: 'authenticated',
          data: { expiresAt: null, heartbeatMs: HEARTBEAT_MS },
        })
      case 'subscribe:orders':
        if (line.subscribed) throw new Error('already_subscribed')
        return this.#subscribe(line, frame.data.cursor)
      case 'unsubscribe:orders':
        if (!line.subscribed) {
          const message = 'The channel is not subscribed.'
          return this.#send({ event: 'error', data: { code: 'not_subscribed', message } })
        }
        line.subscribed = false
        return this.#send({ event: 'unsubscribed', data: { channel: 'orders' } })
      default:
        throw new Error(`unexpected ${frame.event}`)
    }
  }

  #subscribe(line: Line, cursor: string | undefined): void {
    if (this.#withoutLog) {
      return cursor === undefined ? this.end(CLOSE_CODES.tryLater) : this.#notRecovered('refilling')
    }
    const replay = cursor === undefined ? [] : this.log.replay(cursor)
    if (typeof replay === 'string') return this.#notRecovered(replay)
    const from = cursor ?? this.log.position
    const recovered = cursor === undefined ? {} : { recovered: true }
    line.subscribed = true
    this.#send({
      event: 'subscribed',
      data: { channel: 'orders', cursor: from, last: this.log.lastAtOrBefore(from), ...recovered },
    })
    for (const entry of replay) this.#sendEvent(entry)
    const reached = this.log.position
    const last = this.log.lastAtOrBefore(reached)
    this.#send({
      event: 'caught-up',
      data: { channel: 'orders', cursor: reached, last, replayed: replay.length },
    })
  }

  #notRecovered(reason: 'expired' | 'unknown' | 'source_gap' | 'too_far' | 'refilling'): void {
    this.#send({
      event: 'subscribed',
      data: {
        channel: 'orders',
        cursor: null,
        last: null,
        recovered: false,
        reason,
        retryAfterMs: 50,
      },
    })
  }

  #sendEvent({ id, prev, order }: ModelEntry): void {
    if (this.#lose > 0) {
      this.#lose--
      return
    }
    if (!order) throw new Error('not an event')
    const event = order.version === 1 ? 'order:created' : 'order:updated'
    const times = this.#double-- > 0 ? 2 : 1
    for (let time = 0; time < times; time++) this.#send({ event, id, prev, data: order })
  }

  #send(frame: ServerFrame): void {
    this.#line?.toClient.push(encodeFrame(frame))
  }
}
