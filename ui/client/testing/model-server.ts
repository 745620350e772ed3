import { CLOSE_CODES, type CloseCode } from '../../../server/protocol/close-codes'
import {
  decodeClientFrame,
  encodeFrame,
  splitFrames,
  type ResumeReason,
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
  /** Connections that neither side has ended, the oldest first. */
  readonly #lines = new Set<Line>()
  #lose = 0
  #double = 0
  #snapshotFailures = 0
  #snapshotLag = 0
  /** The log is lost, and not there yet: orders change all the same. */
  #withoutLog = false

  readonly openSocket: OpenSocket = (_, listener) => {
    const line: Line = { listener, toServer: [], toClient: [], subscribed: false, open: false }
    this.#lines.add(line)
    return {
      send: (text) => void line.toServer.push(text),
      drop: () => void this.#lines.delete(line),
    }
  }

  get connections(): number {
    return this.#lines.size
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
    for (const line of this.#subscribed) this.#sendEvent(line, entry)
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
    const cursor = this.log.position
    const last = this.log.lastAtOrBefore(cursor)
    for (const line of this.#subscribed) {
      send(line, { event: 'heartbeat', data: { channel: 'orders', cursor, last, ageMs: 0 } })
    }
  }

  /** The source lost data: the tables know of changes that the log does not. */
  gap(orderId: string): void {
    this.log.change(orderId)
    if (this.#withoutLog) return
    this.log.gap()
    for (const line of this.#subscribed) {
      line.subscribed = false
      notRecovered(line, 'source_gap')
    }
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
    for (const line of this.#lines) line.toClient.push('{"event":"order:upd')
  }

  /** Lets up to `count` frames arrive in each direction, on each connection or on that of one index. */
  deliver(count: number, index?: number): void {
    const lines = [...this.#lines]
    const one = index === undefined ? undefined : lines[index % lines.length]
    for (const line of one ? [one] : lines) this.#deliver(line, count)
  }

  get idle(): boolean {
    return [...this.#lines].every(
      (line) => line.open && line.toServer.length === 0 && line.toClient.length === 0,
    )
  }

  /** Ends the connections; what was on its way is lost with them. */
  end(end: Pick<CloseCode, 'code' | 'reason'>): void {
    for (const line of [...this.#lines]) this.#end(line, end)
  }

  /** Ends the oldest connection. */
  endOldest(end: Pick<CloseCode, 'code' | 'reason'>): void {
    const [oldest] = this.#lines
    if (oldest) this.#end(oldest, end)
  }

  get #subscribed(): readonly Line[] {
    return [...this.#lines].filter(({ subscribed }) => subscribed)
  }

  #deliver(line: Line, count: number): void {
    if (!this.#lines.has(line)) return
    if (!line.open) {
      line.open = true
      line.listener.opened()
    }
    for (const text of line.toServer.splice(0, count)) {
      for (const object of splitFrames(text)) this.#handle(line, object)
    }
    for (const text of line.toClient.splice(0, count)) {
      if (this.#lines.has(line)) line.listener.received(text)
    }
  }

  #end(line: Line, { code, reason }: Pick<CloseCode, 'code' | 'reason'>): void {
    if (this.#lines.delete(line)) line.listener.ended(code, reason)
  }

  #handle(line: Line, object: string): void {
    const decoded = decodeClientFrame(object)
    if (!decoded.ok) throw new Error(decoded.message)
    const { frame } = decoded
    switch (frame.event) {
      case 'auth':
        return send(line, {
          event: 'authenticated',
          data: { expiresAt: null, heartbeatMs: HEARTBEAT_MS },
        })
      case 'subscribe:orders':
        if (line.subscribed) throw new Error('already_subscribed')
        return this.#subscribe(line, frame.data.cursor)
      case 'unsubscribe:orders':
        if (!line.subscribed) {
          const message = 'The channel is not subscribed.'
          return send(line, { event: 'error', data: { code: 'not_subscribed', message } })
        }
        line.subscribed = false
        return send(line, { event: 'unsubscribed', data: { channel: 'orders' } })
      default:
        throw new Error(`unexpected ${frame.event}`)
    }
  }

  #subscribe(line: Line, cursor: string | undefined): void {
    if (this.#withoutLog) {
      return cursor === undefined
        ? this.#end(line, CLOSE_CODES.tryLater)
        : notRecovered(line, 'refilling')
    }
    const replay = cursor === undefined ? [] : this.log.replay(cursor)
    if (typeof replay === 'string') return notRecovered(line, replay)
    const from = cursor ?? this.log.position
    const recovered = cursor === undefined ? {} : { recovered: true }
    line.subscribed = true
    send(line, {
      event: 'subscribed',
      data: { channel: 'orders', cursor: from, last: this.log.lastAtOrBefore(from), ...recovered },
    })
    for (const entry of replay) this.#sendEvent(line, entry)
    const reached = this.log.position
    const last = this.log.lastAtOrBefore(reached)
    send(line, {
      event: 'caught-up',
      data: { channel: 'orders', cursor: reached, last, replayed: replay.length },
    })
  }

  #sendEvent(line: Line, { id, prev, order }: ModelEntry): void {
    if (this.#lose > 0) {
      this.#lose--
      return
    }
    if (!order) throw new Error('not an event')
    const event = order.version === 1 ? 'order:created' : 'order:updated'
    const times = this.#double-- > 0 ? 2 : 1
    for (let time = 0; time < times; time++) send(line, { event, id, prev, data: order })
  }
}

function send(line: Line, frame: ServerFrame): void {
  line.toClient.push(encodeFrame(frame))
}

function notRecovered(line: Line, reason: ResumeReason): void {
  const answer = { channel: 'orders', cursor: null, last: null, recovered: false, reason } as const
  send(line, { event: 'subscribed', data: { ...answer, retryAfterMs: 50 } })
}
