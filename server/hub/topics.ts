import type { Cursor } from '../protocol/cursor'
import type { ChannelName } from '../protocol/frames'
import type { LogChannel } from '../event-log/event-log'

/** A channel that has subscribers on this node. */
export interface Topic {
  /** Whose orders; null for all (staff). */
  readonly customer: string | null
  /** The newest event published here since it was first subscribed. */
  last: Cursor | null
  subscribers: number
}

/** What Bun publishes to. Made when it is wanted: kept, it would be 60 bytes for each idle customer. */
export function nameOf({ customer }: Topic): string {
  return customer === null ? 'admin:dashboard' : `user:${customer}`
}

export function channelOf({ customer }: Topic): ChannelName {
  return customer === null ? 'admin' : 'orders'
}

/** The channels that have subscribers; one is freed when its last subscriber leaves. */
export class Topics {
  /** By customer; null: staff. */
  private readonly byCustomer = new Map<string | null, Topic>()
  private round = this.byCustomer.values()
  private credit = 0

  get size(): number {
    return this.byCustomer.size
  }

  /** @param customer null: staff */
  of(customer: string | null): Topic | undefined {
    return this.byCustomer.get(customer)
  }

  join(channel: LogChannel): Topic {
    const customer = channel.name === 'admin' ? null : channel.customer
    let topic = this.byCustomer.get(customer)
    if (!topic) {
      topic = { customer, last: null, subscribers: 0 }
      this.byCustomer.set(customer, topic)
    }
    topic.subscribers++
    return topic
  }

  leave(topic: Topic): void {
    if (--topic.subscribers === 0) this.byCustomer.delete(topic.customer)
  }

  /**
   * The topics whose turn it is after `elapsedMs`: each has one turn in `everyMs`, spread over that
   * time, so that a hundred thousand heartbeats do not leave in one tick.
   */
  *due(elapsedMs: number, everyMs: number): Generator<Topic> {
    this.credit += (this.byCustomer.size * elapsedMs) / everyMs
    let turns = Math.min(Math.floor(this.credit), this.byCustomer.size)
    this.credit -= Math.floor(this.credit)
    while (turns-- > 0) {
      let next = this.round.next()
      if (next.done) {
        this.round = this.byCustomer.values()
        next = this.round.next()
      }
      if (next.done) return
      yield next.value
    }
  }
}
