import type { Address, Order, OrderItem } from '../protocol/order'
import { allowedTransitions, canTransition } from '../protocol/order-status'
import type { OrderStatus } from '../protocol/order-status'
import { matches } from './precondition'
import type { Precondition } from './precondition'
import type { Product } from './product'
import type { ShopSettings } from './shop'

/** Lines of a draft, before those of one product are merged. */
export const MAX_LINES = 50
/** Pieces of one product in one order. */
export const MAX_QUANTITY = 99

/** What a customer asks for. Prices are the shop's, so there are none here. */
export interface Draft {
  readonly items: readonly DraftItem[]
  readonly shippingAddress: Address
}

export interface DraftItem {
  readonly productId: string
  readonly quantity: number
}

export interface Customer {
  readonly subject: string
  readonly email: string | null
}

export type RefusalCode =
  | 'invalid_order'
  | 'unknown_product'
  | 'order_not_found'
  | 'illegal_transition'
  | 'invalid_if_match'
  | 'precondition_required'
  | 'precondition_failed'

/** Why a command was not carried out. Nothing was changed. */
export interface Refusal {
  readonly code: RefusalCode
  /** One sentence for people: what was wrong and what was expected. */
  readonly message: string
  /** The member of the request that is at fault, as `items[0].quantity`. */
  readonly field?: string
  /** `illegal_transition`: the statuses that the order may take. */
  readonly allowed?: readonly OrderStatus[]
  /** `illegal_transition`, `precondition_failed`: what the order is now. */
  readonly current?: { readonly status: OrderStatus; readonly version: number }
}

/**
 * `accepted`: `order` is the order's next version, to be written, and `by` is the subject who made
 * it. `unchanged`: the wish is fulfilled already; nothing is to be written.
 */
export type Decision =
  | { readonly outcome: 'accepted'; readonly order: Order; readonly by: string }
  | { readonly outcome: 'unchanged'; readonly order: Order }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }

/** The same for an order of somebody else: whether there is one is none of a stranger's business. */
export function notFoundRefusal(): Refusal {
  return { code: 'order_not_found', message: 'There is no such order of yours.' }
}

/** Places an order: prices from the products, lines of one product merged, tax on the subtotal. */
export function place(
  draft: Draft,
  customer: Customer,
  shop: ShopSettings,
  found: {
    readonly products: ReadonlyMap<string, Product>
    readonly orderId: string
    readonly at: Date
  },
): Decision {
  const priced = priceItems(draft.items, found.products, shop.currency)
  if ('code' in priced) return refused(priced)
  const address = normalizeAddress(draft.shippingAddress)
  if ('code' in address) return refused(address)
  const subtotal = priced.items.reduce((sum, item) => sum + item.total, 0)
  const tax = taxOn(subtotal, shop.taxPercent)
  const at = found.at.toISOString()
  return {
    outcome: 'accepted',
    by: customer.subject,
    order: {
      orderId: found.orderId,
      buyerId: customer.subject,
      ...(customer.email !== null && { buyerEmail: customer.email }),
      items: priced.items,
      currency: shop.currency,
      subtotal,
      tax,
      total: subtotal + tax,
      status: 'pending',
      shippingAddress: address,
      createdAt: at,
      updatedAt: at,
      version: 1,
    },
  }
}

/** Half up, without the error of binary fractions: 8.25 % is exactly 8.25 %. */
export function taxOn(subtotal: number, taxPercent: number): number {
  const millionths = BigInt(Math.round(taxPercent * 10_000))
  return Number((BigInt(subtotal) * millionths + 500_000n) / 1_000_000n)
}

export interface CancelRequest {
  readonly by: { readonly subject: string; readonly staff: boolean }
  readonly reason?: string
  /** Null where the client sent none: required from staff, not from the customer. */
  readonly precondition: Precondition | null
}

/** Cancels an order for its customer, or for staff. A cancelled one stays as it is. */
export function cancel(order: Order | null, request: CancelRequest, at: Date): Decision {
  const own = order?.buyerId === request.by.subject
  if (!order || !(own || request.by.staff)) return notFound()
  // Before any precondition: whoever repeats a cancel whose answer was lost must get that answer.
  if (order.status === 'cancelled') return { outcome: 'unchanged', order }
  if (!own && !request.precondition) return preconditionRequired()
  return transition(order, { ...request, by: request.by.subject, to: 'cancelled' }, at)
}

export interface StatusRequest {
  readonly by: string
  readonly to: OrderStatus
  /** Only with `to: 'cancelled'`. */
  readonly reason?: string
  readonly precondition: Precondition | null
}

/** Changes an order's status for staff. Only the version that they saw is changed. */
export function changeStatus(order: Order | null, request: StatusRequest, at: Date): Decision {
  if (!order) return notFound()
  if (!request.precondition) return preconditionRequired()
  if (request.to !== 'cancelled' && normalizeReason(request.reason)) {
    return refused({
      code: 'invalid_order',
      message: 'reason: expected only where the status is cancelled',
      field: 'reason',
    })
  }
  return transition(order, request, at)
}

function transition(order: Order, request: StatusRequest, at: Date): Decision {
  const current = { status: order.status, version: order.version }
  if (request.precondition === 'malformed') {
    return refused({
      code: 'invalid_if_match',
      message: 'If-Match: expected an ETag such as "1", or *',
      field: 'If-Match',
    })
  }
  if (request.precondition && !matches(request.precondition, order.version)) {
    return refused({
      code: 'precondition_failed',
      message: `If-Match: the order has changed since you read it, it is at version ${order.version}`,
      current,
    })
  }
  if (!canTransition(order.status, request.to)) {
    const allowed = allowedTransitions(order.status)
    return refused({
      code: 'illegal_transition',
      message:
        `An order that is ${order.status} cannot become ${request.to}; ` +
        (allowed.length > 0 ? `allowed: ${allowed.join(', ')}` : 'it is final'),
      allowed,
      current,
    })
  }
  // A clock that was set back must not make a newer version look older.
  const updatedAt = new Date(Math.max(at.getTime(), Date.parse(order.updatedAt))).toISOString()
  const reason = normalizeReason(request.reason)
  return {
    outcome: 'accepted',
    by: request.by,
    order: {
      ...order,
      status: request.to,
      updatedAt,
      ...(request.to === 'cancelled' && { cancelledAt: updatedAt, ...(reason && { reason }) }),
      version: order.version + 1,
    },
  }
}

function priceItems(
  lines: readonly DraftItem[],
  products: ReadonlyMap<string, Product>,
  currency: string,
): { readonly items: readonly OrderItem[] } | Refusal {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    return invalid('items', `expected 1 to ${MAX_LINES} lines, found ${lines.length}`)
  }
  const items = new Map<string, OrderItem>()
  for (const [index, line] of lines.entries()) {
    const product = products.get(line.productId)
    if (!product?.active || product.currency !== currency) {
      const field = `items[${index}].productId`
      const message = `${field}: expected the productId of a product that is for sale`
      return { code: 'unknown_product', message, field }
    }
    const field = `items[${index}].quantity`
    if (!isQuantity(line.quantity)) {
      return invalid(field, `expected a whole number from 1 to ${MAX_QUANTITY}`)
    }
    const quantity = line.quantity + (items.get(line.productId)?.quantity ?? 0)
    if (!isQuantity(quantity)) {
      return invalid(field, `expected at most ${MAX_QUANTITY} of a product, found ${quantity}`)
    }
    const { id: productId, name, price: unitPrice } = product
    items.set(productId, { productId, name, quantity, unitPrice, total: unitPrice * quantity })
  }
  return { items: [...items.values()] }
}

function isQuantity(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_QUANTITY
}

function normalizeAddress(address: Address): Address | Refusal {
  const { name, line1, line2, city, postalCode, country } = address
  const required = { name, line1, city, postalCode, country }
  for (const [member, text] of Object.entries(required)) {
    if (text.trim() === '') return invalid(`shippingAddress.${member}`, 'expected some text')
  }
  return {
    name: name.trim(),
    line1: line1.trim(),
    ...(line2?.trim() && { line2: line2.trim() }),
    city: city.trim(),
    postalCode: postalCode.trim(),
    country,
  }
}

function normalizeReason(reason: string | undefined): string | undefined {
  return reason?.trim() || undefined
}

function invalid(field: string, expected: string): Refusal {
  return { code: 'invalid_order', message: `${field}: ${expected}`, field }
}

function notFound(): Decision {
  return refused(notFoundRefusal())
}

function preconditionRequired(): Decision {
  const message = 'If-Match: expected the ETag of the order that you saw, for example "1"'
  return refused({ code: 'precondition_required', message })
}

function refused(refusal: Refusal): Decision {
  return { outcome: 'refused', refusal }
}
