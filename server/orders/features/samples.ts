import type { Order } from '../../protocol/order'
import type { Product } from '../product'
import { place } from '../rules'
import type { Customer, Decision, Draft, Refusal } from '../rules'
import type { ShopSettings } from '../shop'

/** What the tests of orders place, and the shop they place it in. */

export const SHOP: ShopSettings = { currency: 'EUR', taxPercent: 19, timeZone: 'Europe/Berlin' }

export const ALICE: Customer = { subject: 'alice', email: 'alice@example.com' }
export const BOB: Customer = { subject: 'bob', email: null }

export function product(id: string, price: number, more: Partial<Product> = {}): Product {
  const name = `The ${id}`
  const members = { currency: 'EUR', picture: null, active: true, version: 1 }
  return { id, name, description: `${name}.`, price, ...members, ...more }
}

export const CUP = product('cup', 1_450, { name: 'Espresso Cup' })
export const BOWL = product('bowl', 2_250, { name: 'Ceramic Bowl' })
export const RETIRED = product('retired', 100, { active: false })
export const DOLLARS = product('dollars', 100, { currency: 'USD' })
export const PRODUCTS: readonly Product[] = [CUP, BOWL, RETIRED, DOLLARS]

export const ADDRESS = {
  name: 'Alice Miller',
  line1: '12 Harbour Street',
  city: 'Hamburg',
  postalCode: '20457',
  country: 'DE',
} as const

export function draft(items: Readonly<Record<string, number>>, name = 'Alice Miller'): Draft {
  return {
    items: Object.entries(items).map(([productId, quantity]) => ({ productId, quantity })),
    shippingAddress: { ...ADDRESS, name },
  }
}

/** A pending order as the rules place it. */
export function pendingOrder(at = new Date('2026-03-01T10:00:00.000Z')): Order {
  const products = new Map(PRODUCTS.map((found) => [found.id, found]))
  const orderId = '0195537d-8a80-7000-8000-00000000abcd'
  return accepted(place(draft({ cup: 2 }), ALICE, SHOP, { products, orderId, at }))
}

/** The order of an accepted decision; throws for any other. */
export function accepted(decision: { readonly outcome: string; readonly order?: Order }): Order {
  if (decision.outcome === 'accepted' && decision.order) return decision.order
  throw new Error(`expected an accepted decision, found ${JSON.stringify(decision)}`)
}

/** The refusal of a refused decision; throws for any other. */
export function refusal(decision: Decision): Refusal {
  if (decision.outcome === 'refused') return decision.refusal
  throw new Error(`expected a refusal, found ${JSON.stringify(decision)}`)
}
