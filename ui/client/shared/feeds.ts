import type { Cursor } from '../../../server/protocol/cursor'
import type { ClientFrame } from '../../../server/protocol/frames'
import { type ChannelFrame, channelOf, isEventFrame } from '../decode'
import { Feed, type FeedHost } from './feed'
import type { Tab } from './tab'

interface Operation {
  readonly feed: Feed
  readonly kind: 'subscribe' | 'unsubscribe'
  readonly frame: ClientFrame
}

export interface FeedsHost extends Omit<FeedHost, 'operate'> {
  send(frame: ClientFrame): void
  /** A frame that is nobody's in particular. */
  tell(line: string): void
}

/**
 * The channels of one shared connection. Subscribes and unsubscribes go out one at a time, each after
 * the answer to the one before: `error` frames name no channel, so this is how it is known whose they are.
 */
export class Feeds {
  readonly #host: FeedsHost
  readonly #feeds: Readonly<Record<'orders' | 'admin', Feed>>
  #waiting: Operation[] = []
  #running: Operation | null = null

  constructor(host: FeedsHost) {
    this.#host = host
    const feedHost: FeedHost = {
      operate: (feed, kind, cursor) => this.#operate(feed, kind, cursor),
      openSide: (listener) => host.openSide(listener),
      dismiss: (tab, end) => host.dismiss(tab, end),
      restart: () => host.restart(),
    }
    this.#feeds = { orders: new Feed('orders', feedHost), admin: new Feed('admin', feedHost) }
  }

  /** Whether the server owes answers or heartbeats. */
  get due(): boolean {
    return this.#feeds.orders.due || this.#feeds.admin.due
  }

  obey(tab: Tab, frame: Exclude<ClientFrame, { event: 'auth' }>): void {
    switch (frame.event) {
      case 'subscribe:orders':
        return this.#subscribe(tab, this.#feeds.orders, frame.data.cursor)
      case 'subscribe:admin':
        return this.#subscribe(tab, this.#feeds.admin, frame.data.cursor)
      case 'unsubscribe:orders':
        return this.#unsubscribe(tab, this.#feeds.orders)
      case 'unsubscribe:admin':
        return this.#unsubscribe(tab, this.#feeds.admin)
    }
  }

  leave(tab: Tab): void {
    this.#feeds.orders.leave(tab)
    this.#feeds.admin.leave(tab)
  }

  close(): void {
    this.#feeds.orders.close()
    this.#feeds.admin.close()
  }

  receive(frame: ChannelFrame, line: string): void {
    if (isEventFrame(frame)) return this.#feeds[channelOf(frame.event)].onEvent(frame, line)
    switch (frame.event) {
      case 'subscribed': {
        const feed = this.#feeds[frame.data.channel]
        if (this.#answers(feed, 'subscribe')) feed.onSubscribed(frame.data, line)
        else if (frame.data.recovered === false) feed.onDropped(line)
        return
      }
      case 'unsubscribed': {
        const feed = this.#feeds[frame.data.channel]
        if (this.#answers(feed, 'unsubscribe')) feed.onUnsubscribed()
        else feed.onDropped(line)
        return
      }
      case 'error':
        return this.#refused(frame.data.code, line)
      case 'caught-up':
        return this.#feeds[frame.data.channel].onCaughtUp(frame.data, line)
      case 'heartbeat':
        return this.#feeds[frame.data.channel].onHeartbeat(frame.data, line)
      case 'admin:stats':
        return this.#feeds.admin.onStats(line)
    }
  }

  #subscribe(tab: Tab, feed: Feed, cursor: Cursor | undefined): void {
    if (feed.has(tab)) tab.error('already_subscribed')
    else feed.subscribe(tab, cursor)
  }

  #unsubscribe(tab: Tab, feed: Feed): void {
    if (!feed.has(tab)) return tab.error('not_subscribed')
    feed.leave(tab)
    tab.send({ event: 'unsubscribed', data: { channel: feed.channel } })
  }

  #operate(feed: Feed, kind: Operation['kind'], cursor?: Cursor): void {
    const data = cursor === undefined ? {} : { cursor }
    const frame: ClientFrame =
      kind === 'subscribe'
        ? { event: `subscribe:${feed.channel}`, data }
        : { event: `unsubscribe:${feed.channel}` }
    this.#waiting.push({ feed, kind, frame })
    this.#next()
  }

  #next(): void {
    if (this.#running) return
    this.#running = this.#waiting.shift() ?? null
    if (this.#running) this.#host.send(this.#running.frame)
  }

  /** True for the answer to the operation that runs, which is then over. */
  #answers(feed: Feed, kind: Operation['kind']): boolean {
    if (this.#running?.feed !== feed || this.#running.kind !== kind) return false
    this.#running = null
    // The feed first takes the answer, and may ask for more.
    queueMicrotask(() => this.#next())
    return true
  }

  #refused(code: string, line: string): void {
    const running = this.#running
    if (!running || code === 'unauthenticated') return this.#host.tell(line)
    this.#answers(running.feed, running.kind)
    if (running.kind === 'subscribe') running.feed.onRefused(line)
    else running.feed.onUnsubscribed()
  }
}
