import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'

/** Whether a search finds an order. */
export type MatchesSearch = (order: Order, search: string) => boolean

/**
 * Searches as the server does: each word must begin a word of the order's number, id, customer's
 * name, email or subject, or of a product's name; letter case and accents do not count.
 */
export function createSearch(): MatchesSearch {
  let asked = { search: '', beginnings: [] as readonly string[] }
  return (order, search) => {
    if (asked.search !== search) {
      asked = { search, beginnings: words(search).map((word) => ` ${word}`) }
    }
    return asked.beginnings.every((beginning) => textOf(order).includes(beginning))
  }
}

/** Takes orders apart as they come: ten thousand of them at the first key would hold up the typing. */
export function prepareSearch(orders: readonly Order[]): void {
  for (const order of orders) textOf(order)
}

/** Each version of an order is an object of its own. */
const texts = new WeakMap<Order, string>()

/** All its words, each behind a space. */
function textOf(order: Order): string {
  const known = texts.get(order)
  if (known !== undefined) return known
  const { orderId, buyerId, buyerEmail, shippingAddress, items } = order
  const members = [orderNumber(orderId), orderId, shippingAddress?.name, buyerEmail, buyerId]
  const text = ` ${words([...members, ...items.map((item) => item.name)].join(' ')).join(' ')}`
  texts.set(order, text)
  return text
}

/** Most texts have nothing but these: the long way of all others takes ten times as long. */
const PLAIN = /^[\x20-\x7e]*$/

/** Without what does not count when names are compared: letter case and accents. */
export function plainText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
}

/** Of a text, in the order in which they stand there. */
export function words(text: string): readonly string[] {
  const plain = plainText(text)
  const between = PLAIN.test(plain) ? /[^a-z0-9]+/ : /[^\p{Letter}\p{Number}]+/u
  return plain.split(between).filter((word) => word !== '')
}
