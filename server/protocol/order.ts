import type { OrderStatus } from './order-status'

/** Amounts are integers of the currency's minor unit (cents). Times are ISO 8601 in UTC. */
export interface OrderItem {
  readonly productId: string
  readonly name: string
  readonly quantity: number
  readonly unitPrice: number
  readonly total: number
}

export interface Address {
  readonly name: string
  readonly line1: string
  readonly line2?: string
  readonly city: string
  readonly postalCode: string
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
}

/** A whole order, as REST answers it and as every event of the protocol carries it in `data`. */
export interface Order {
  readonly orderId: string
  /** The subject of the customer's token; null for a guest's order, which only staff see. */
  readonly buyerId: string | null
  readonly buyerEmail?: string
  readonly items: readonly OrderItem[]
  /** ISO 4217. */
  readonly currency: string
  readonly subtotal: number
  readonly tax: number
  readonly total: number
  readonly status: OrderStatus
  /** Null while the order service has not told it. */
  readonly shippingAddress: Address | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly cancelledAt?: string
  /** Why it was cancelled. */
  readonly reason?: string
  /** 1, 2, 3, … per order. The higher version wins. */
  readonly version: number
  /** Further members of another order service's order that everybody may see, by its own names. */
  readonly extra?: Readonly<Record<string, unknown>>
  /** Those that are for staff alone; absent in whatever goes to a customer. */
  readonly internal?: Readonly<Record<string, unknown>>
}

/** One line of an order's history: the version it made, who made it, and when. */
export interface OrderChange {
  readonly version: number
  readonly status: OrderStatus
  readonly at: string
  readonly by: string
  readonly reason?: string
}

/** What people call an order: the last eight characters of its id, upper case. */
export function orderNumber(orderId: string): string {
  return orderId.slice(-8).toUpperCase()
}
