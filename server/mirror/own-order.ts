import { isOrderStatus } from '../protocol/order-status'
import type { OrderEvent } from '../event-log/event-log'
import type { EventName } from '../protocol/frames'
import { amountOf, digitsOf } from './fields'
import { isObject, toText, type JsonObject } from './json'
import { inside, invalid, Unfit } from './unfit'

const ISO =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/**
 * A whole order as our own outbox holds it, as the log keeps it: byte for byte what REST answers, amounts in the minor unit, what is for staff alone beside it. Members
 * that a newer version of the order has are kept. Throws `Unfit`.
 *
 * Changes `order` in place, so that its members keep their sequence. `exact` is the same order with
 * amounts that may be text.
 */
export function readOwnOrder(name: EventName, order: JsonObject, exact: JsonObject): OrderEvent {
  checkHead(order)
  convertAmounts(order, exact)
  checkAddress(order.shippingAddress)
  const staffOnly = takeInternal(order)
  const data = toText(order)
  // Within a text the quotes would be escaped: this is a member's name, which no order of ours has.
  if (data.includes('"__proto__":')) throw new Unfit('invalid', 'A member is called __proto__.')
  return { name, customer: order.buyerId as string | null, data, staffOnly }
}

function checkHead(order: JsonObject): void {
  const { buyerId, version } = order
  if (typeof order.orderId !== 'string' || order.orderId === '')
    throw invalid('orderId', 'text', order.orderId)
  if (buyerId !== null && (typeof buyerId !== 'string' || buyerId === ''))
    throw invalid('buyerId', 'text or null', buyerId)
  if (!isOrderStatus(order.status)) throw invalid('status', 'a status of an order', order.status)
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw invalid('version', 'a whole number from 1', version)
  checkTime(order, 'createdAt')
  checkTime(order, 'updatedAt')
  if (order.cancelledAt !== undefined) checkTime(order, 'cancelledAt')
  if (order.reason !== undefined) checkText(order, 'reason')
  if (order.buyerEmail !== undefined) checkText(order, 'buyerEmail')
  if (order.extra !== undefined && !isObject(order.extra))
    throw invalid('extra', 'an object', order.extra)
}

function convertAmounts(order: JsonObject, exact: JsonObject): void {
  const { currency, items } = order
  const exactItems = exact.items as unknown[]
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw invalid('currency', 'three capital letters', currency)
  const digits = digitsOf(currency)
  if (!Array.isArray(items)) throw invalid('items', 'a list', items)
  for (let place = 0; place < items.length; place += 1) {
    convertItem(items[place], exactItems[place] as JsonObject, digits, place)
  }
  order.subtotal = amountOf(exact.subtotal, digits, 'subtotal')
  order.tax = amountOf(exact.tax, digits, 'tax')
  order.total = amountOf(exact.total, digits, 'total')
}

function convertItem(item: unknown, exact: JsonObject, digits: number, place: number): void {
  if (!isObject(item)) throw invalid(`items[${place}]`, 'an object', item)
  try {
    checkText(item, 'productId')
    checkText(item, 'name')
    if (!Number.isSafeInteger(item.quantity))
      throw invalid('quantity', 'a whole number', item.quantity)
    item.unitPrice = amountOf(exact.unitPrice, digits, 'unitPrice')
    item.total = amountOf(exact.total, digits, 'total')
  } catch (error) {
    throw inside(`items[${place}]`, error)
  }
}

function checkAddress(address: unknown): void {
  if (address === null) return
  if (!isObject(address)) throw invalid('shippingAddress', 'an object or null', address)
  try {
    checkText(address, 'name')
    checkText(address, 'line1')
    if (address.line2 !== undefined) checkText(address, 'line2')
    checkText(address, 'city')
    checkText(address, 'postalCode')
    checkText(address, 'country')
  } catch (error) {
    throw inside('shippingAddress', error)
  }
}

/** What staff see beside the order, as members without braces; it leaves the order. */
function takeInternal(order: JsonObject): string {
  const { internal } = order
  if (internal === undefined) return ''
  if (!isObject(internal)) throw invalid('internal', 'an object', internal)
  delete order.internal
  return `"internal":${toText(internal)}`
}

function checkTime(holder: JsonObject, name: string): void {
  const value = holder[name]
  if (typeof value !== 'string' || !ISO.test(value))
    throw invalid(name, 'a time such as 2026-01-31T09:30:00.000Z', value)
}

function checkText(holder: JsonObject, name: string): void {
  if (typeof holder[name] !== 'string') throw invalid(name, 'text', holder[name])
}
