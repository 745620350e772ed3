import { sampleFrame, sampleOrder } from '../lib/payload'
import { subjectOf } from '../lib/tokens'
import type { PublishOrder, PublishRun } from '../lib/pacer'
import type { Order } from '../../../server/protocol/order'

/** Who is to get the events of a tick, and how many there are. */
export interface FanOutOrder extends PublishOrder {
  readonly audience: 'board' | 'customers'
  /** How many different customers the events are for (also on the board). */
  readonly customers: number
  readonly eventsPerTick: number
  /** Characters by which each event is longer than usual. */
  readonly padding: number
}

/** What a server that can fan out answers to; ours and each peer. */
export interface FanOutCommands {
  start(options: {
    readonly dataDir: string
  }): Promise<{ readonly port: number; readonly pacerPort: number }>
  publish(order: FanOutOrder): Promise<PublishRun>
}

/** At least so many ticks are made beforehand and published over and over. */
const PREPARED_TICKS = 256

/** The events of tick `tick`: each for another customer, spread over all of them. */
export function ordersOfTick(
  tick: number,
  { customers, eventsPerTick, padding }: FanOutOrder,
): Order[] {
  return Array.from({ length: eventsPerTick }, (_, index) => {
    const event = tick * eventsPerTick + index
    const order = sampleOrder(event, subjectOf('customer', event % customers))
    return padding === 0 ? order : { ...order, reason: 'x'.repeat(padding) }
  })
}

export interface Publication {
  readonly topic: string
  readonly text: string
}

/** The frames of each prepared tick, as the hub would publish them: joined, one frame a topic. */
export function prepareFrames(order: FanOutOrder): Publication[][] {
  return prepareTicks(order).map((orders, tick) => {
    const first = 100_000 + tick * order.eventsPerTick
    if (order.audience === 'board')
      return [{ topic: 'admin:dashboard', text: sampleFrame('admin', first, orders) }]
    return orders.map((event, index) => ({
      topic: `user:${event.buyerId}`,
      text: sampleFrame('orders', first + index, [event]),
    }))
  })
}

export function prepareTicks(order: FanOutOrder): Order[][] {
  const ticks = Math.max(PREPARED_TICKS, order.customers)
  return Array.from({ length: ticks }, (_, tick) => ordersOfTick(tick, order))
}
