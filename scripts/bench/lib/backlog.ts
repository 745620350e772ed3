import { eventSource, orderEvent, serializeOrder } from '../../../server/orders/order-event'
import { encodeOrderRecord } from '../../../server/outbox/order-record'
import { recordOf } from '../../../server/outbox/records'
import type { Order } from '../../../server/protocol/order'
import type { Topics } from './distributed'
import { sampleOrder } from './payload'
import { subjectOf } from './tokens'

/** `whole`: an order as shops have them, about 600 bytes. `small`: without items and address, about 235. */
export type OrderSize = 'whole' | 'small'

/** Each order is placed, processed, and shipped; of every tenth the third change is its end. */
const CHANGES = 3
const CANCELLED_EVERY = 10

/** The `index`th change that the shop made, each customer about so many times in a row of all. */
export function backlogOrder(index: number, customers: number, size: OrderSize): Order {
  const order = Math.floor(index / CHANGES)
  const version = (index % CHANGES) + 1
  const customer = subjectOf('customer', order % customers)
  const cancelled = version === CHANGES && order % CANCELLED_EVERY === 0
  const status = version === 1 ? 'pending' : version === 2 ? 'processing' : 'shipped'
  const whole: Order = {
    ...sampleOrder(order, customer),
    status: cancelled ? 'cancelled' : status,
    ...(cancelled && { cancelledAt: '2026-11-22T12:00:02.000Z', reason: 'ordered twice' }),
    version,
  }
  if (size === 'whole') return whole
  return { ...whole, orderId: `o-${order}`, items: [], shippingAddress: null }
}

/** The record of it as our own relay sends it. */
export function backlogRecord(order: Order, topics: Topics) {
  const { name } = orderEvent(order, '')
  const row = {
    seq: 1,
    eventId: eventSource(order),
    orderId: order.orderId,
    name,
    value: encodeOrderRecord(order),
    at: Date.now(),
  }
  return recordOf(row, { kind: 'three', names: topics })
}

/** Adds up what is in the log, in any order, so that what was sent and what arrived can be compared. */
export class Checksum {
  #sum = 0n

  add(data: string): void {
    this.#sum = BigInt.asUintN(64, this.#sum + Bun.hash.xxHash64(data))
  }

  toString(): string {
    return this.#sum.toString(16)
  }
}

/** What the log must hold of an order: the very bytes that REST answers. */
export function loggedData(order: Order): string {
  return serializeOrder(order)
}
