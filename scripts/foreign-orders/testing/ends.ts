import type { Order } from '../../../server/protocol/order'
import type { Ended } from '../life'

/** An order as staff see it, without what differs from run to run. */
export function endOf({ version: _, extra, internal, ...order }: Order): Ended {
  return { ...order, further: { ...extra, ...internal } }
}

/** Of the members that we do not know, customers see what CUSTOMER_FIELDS lists: `giftMessage`. */
export function asCustomersSee(order: Ended): Ended {
  const { giftMessage } = order.further
  return { ...order, further: giftMessage === undefined ? {} : { giftMessage } }
}
