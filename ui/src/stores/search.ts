import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'

/** Whether a search finds an order. */
export type MatchesSearch = (order: Order, search: string) => boolean

/**
 * Searches as the server does: each word must begin a word of the order's number, id, customer's
 * name, email or subject, or of a product's name; letter case and accents do not count. Each version
 * of an order is taken apart once.
 */
export function createSearch(): MatchesSearch {
  const taken = new Map<string, { readonly version: number; readonly words: readonly string[] }>()
  const wordsOf = (order: Order): readonly string[] => {
    const known = taken.get(order.orderId)
    if (known?.version === order.version) return known.words
    const found = words(searchText(order))
    taken.set(order.orderId, { version: order.version, words: found })
    return found
  }
  let asked = { search: '', words: words('') }
  return (order, search) => {
    if (asked.search !== search) asked = { search, words: words(search) }
    return asked.words.every((word) => wordsOf(order).some((found) => found.startsWith(word)))
  }
}

function searchText(order: Order): string {
  const { orderId, buyerId, buyerEmail, shippingAddress, items } = order
  const texts = [orderNumber(orderId), orderId, shippingAddress?.name, buyerEmail, buyerId]
  return [...texts, ...items.map((item) => item.name)].join(' ')
}

/** Without what does not count when names are compared: letter case and accents. */
export function plainText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
}

/** Of a text, in the order in which they stand there. */
export function words(text: string): readonly string[] {
  return plainText(text)
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((word) => word !== '')
}
