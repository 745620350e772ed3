import type { Cursor } from '../protocol/cursor'
import { foldInto } from '../protocol/fold'
import type { ChannelName, EventFrame, ServerFrame } from '../protocol/frames'
import type { Order } from '../protocol/order'
import { connectSocket, type SocketClient } from './socket-client'

/** State and the position it is complete up to, as REST would answer it. */
export interface Snapshot {
  readonly cursor: Cursor
  readonly orders: ReadonlyMap<string, Order>
}

export interface ModelClientOptions {
  /** Asked anew for each connection. */
  readonly url: () => string
  readonly channel: ChannelName
  readonly token: () => Promise<string>
  readonly snapshot: () => Snapshot
}

/**
 * A client that follows the rules of the protocol to the letter and is strict about them: a hole, or
 * an event seen twice, is a failure and not a reason to resume.
 */
export class ModelClient {
  /** What it shows: the snapshot, and every event since folded into it. */
  readonly orders = new Map<string, Order>()
  /** The events applied since the snapshot. */
  readonly applied: Cursor[] = []
  snapshots = 0
  /** The snapshot's. */
  startedAt: Cursor | null = null
  cursor: Cursor | null = null
  last: Cursor | null = null
  readonly failures: string[] = []
  private socket: SocketClient | null = null
  private live = false
  private listening: Promise<void> = Promise.resolve()
  private readonly watchers = new Set<() => void>()

  constructor(private readonly options: ModelClientOptions) {}

  get isConnected(): boolean {
    return this.socket !== null
  }

  /** Connects, authenticates and subscribes in one frame; a client without a cursor loads a snapshot. */
  async connect(): Promise<void> {
    if (this.socket) return
    if (this.cursor === null) this.loadSnapshot()
    const token = await this.options.token()
    const socket = await connectSocket(this.options.url())
    this.socket = socket
    socket.send({ event: 'auth', data: { token } }, this.subscribe())
    this.listening = this.listen(socket)
  }

  /** Loses the connection, and what was under way on it. */
  async cut(): Promise<void> {
    await this.socket?.cut()
    await this.listening
  }

  /** Leaves the channel and, once that is confirmed, comes back to it on the same connection. */
  resubscribe(): void {
    if (!this.live) return
    this.live = false
    this.socket?.send({ event: `unsubscribe:${this.options.channel}` })
  }

  /** Resolves when `reached` is true after an object was taken, or after the connection ended. */
  async until(reached: () => boolean, deadlineMs = 5_000): Promise<void> {
    const late = performance.now() + deadlineMs
    while (!reached()) {
      const leftMs = late - performance.now()
      if (leftMs <= 0) throw new Error(`${this.options.channel}: not reached; last ${this.last}`)
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          this.watchers.delete(done)
          resolve()
        }
        const timer = setTimeout(done, leftMs)
        this.watchers.add(done)
      })
    }
  }

  private subscribe() {
    const cursor = this.cursor!
    return this.options.channel === 'admin'
      ? ({ event: 'subscribe:admin', data: { cursor } } as const)
      : ({ event: 'subscribe:orders', data: { cursor } } as const)
  }

  private loadSnapshot(): void {
    const { cursor, orders } = this.options.snapshot()
    this.snapshots++
    this.startedAt = cursor
    this.cursor = cursor
    this.last = null
    this.applied.length = 0
    for (const order of orders.values()) foldInto(this.orders, order)
  }

  private async listen(socket: SocketClient): Promise<void> {
    let closed = false
    void socket.closed.then(() => (closed = true))
    while (!closed || socket.pending.length > 0) {
      // Only its end keeps a socket from having something next: heartbeats see to it.
      const frame = await socket.next().catch(() => null)
      if (frame) this.take(frame)
      for (const watcher of this.watchers) watcher()
    }
    this.socket = null
    this.live = false
    for (const watcher of this.watchers) watcher()
  }

  private take(frame: ServerFrame): void {
    switch (frame.event) {
      case 'subscribed': {
        const { cursor, last, recovered } = frame.data
        if (recovered === false) {
          this.loadSnapshot()
          this.socket?.send(this.subscribe())
          return
        }
        if (cursor !== this.cursor) this.fail(`subscribed at ${cursor}, asked for ${this.cursor}`)
        if (last !== null && this.last !== null && last !== this.last) {
          this.fail(`the server says that ${last} was the last, not ${this.last}`)
        }
        this.last ??= last
        return
      }
      case 'caught-up':
      case 'heartbeat': {
        const { cursor, last } = frame.data
        if (last !== null && last !== this.last) {
          this.fail(`${frame.event} says that ${last} was the last, not ${this.last}`)
        }
        this.cursor = cursor
        this.live ||= frame.event === 'caught-up'
        return
      }
      case 'unsubscribed':
        this.socket?.send(this.subscribe())
        return
      default:
        if ('prev' in frame) this.apply(frame)
        else if (frame.event === 'error') this.fail(frame.data.code)
    }
  }

  private apply({ id, prev, data }: EventFrame): void {
    if (prev !== '' && this.last !== null && prev !== this.last) {
      this.fail(`a hole: ${id} follows ${prev}, the last was ${this.last}`)
    }
    if (this.applied.includes(id)) this.fail(`${id} came twice`)
    this.applied.push(id)
    foldInto(this.orders, data)
    this.last = id
    this.cursor = id
  }

  private fail(what: string): void {
    this.failures.push(what)
  }
}
