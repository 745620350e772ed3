import type { Order } from '../../server/protocol/order'

/** `new`: never seen before. `risen`: seen with a lower version. `known`: nothing new. */
export type Sight = 'new' | 'risen' | 'known'

/**
 * Which version of each order its reader has seen, across reloads. Toasts and sounds follow a
 * version that rose, never the arrival of a frame; "while you were away" is what of a snapshot is
 * `risen`.
 */
export interface Seen {
  /** The version seen, or undefined. */
  version(orderId: string): number | undefined
  /** Compares an order with what was seen of it, and marks it as seen. */
  mark(order: Pick<Order, 'orderId' | 'version'>): Sight
}
