import type { Order } from '../protocol/order'
import { orderNumber } from '../protocol/order'

/** Words of a search beyond these are not looked at. */
const MAX_WORDS = 10

/** What an order is found by, one a line. None of it ever changes in an order that was placed here. */
export function searchText(order: Order): string {
  const { orderId, buyerId, buyerEmail, shippingAddress, items } = order
  return [
    orderId,
    orderNumber(orderId),
    ...(shippingAddress === null ? [] : [shippingAddress.name]),
    ...(buyerEmail === undefined ? [] : [buyerEmail]),
    ...(buyerId === null ? [] : [buyerId]),
    ...items.map((item) => item.name),
  ].join('\n')
}

/** The words of a search: what stands between spaces and holds a letter or a digit. */
export function searchWords(search: string): readonly string[] {
  return search
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MAX_WORDS)
}
