import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'

/**
 * Whether a search finds an order, by the server's own rule: each word of it must begin a word of
 * the order's number, id, customer's name, email or subject, or of a product's name; letter case
 * and accents do not count.
 */
export function matchesSearch(order: Order, search: string): boolean {
  const sought = words(search)
  if (sought.length === 0) return true
  const found = words(searchText(order))
  return sought.every((word) => found.some((candidate) => candidate.startsWith(word)))
}

function searchText(order: Order): string {
  const { orderId, buyerId, buyerEmail, shippingAddress, items } = order
  const texts = [orderNumber(orderId), orderId, shippingAddress.name, buyerEmail, buyerId]
  return [...texts, ...items.map((item) => item.name)].join(' ')
}

function words(text: string): string[] {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((word) => word !== '')
}
