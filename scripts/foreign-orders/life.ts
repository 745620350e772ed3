import type { Product } from '../../server/orders/product'
import type { EventName } from '../../server/protocol/frames'
import type { Address, Order } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import type { Random } from './random'

/** What the service says of one change of an order: its own names, decimals, no versions. */
export interface Told {
  readonly name: EventName
  readonly orderId: number
  readonly value: Readonly<Record<string, unknown>>
}

/** What an order must end as, whatever way its events take; `further`: members that we do not know. */
export type Ended = Omit<Order, 'version' | 'extra' | 'internal'> & {
  readonly further: Readonly<Record<string, unknown>>
}

/** An order of the service, from its placing to its end. */
export interface Life {
  readonly orderId: number
  /** The next change, made at `at`; null when it has ended. */
  next(at: number): Told | null
  /** What is true of it now, as we show it. Undefined before the first change. */
  ended(): Ended | undefined
}

interface Line {
  readonly product: Product
  readonly quantity: number
}

/** What the service itself knows. */
interface Truth {
  readonly createdAt: number
  updatedAt: number
  status: OrderStatus
  address: Address
  giftMessage: string | null
  trackingNumber: string | null
  cancelled: { readonly at: number; readonly reason: string } | null
}

type Change = (truth: Truth, at: number) => Told

const TAX = 0.19
const CITIES = ['Hamburg', 'Delft', 'Lyon', 'Porto', 'Graz']
const REASONS = ['Ordered twice', 'Found it cheaper', 'Takes too long']
const GIFTS = ['Happy birthday!', 'From all of us', 'Enjoy']

/** @param user null for a guest */
export function createLife(
  orderId: number,
  user: string | null,
  products: readonly Product[],
  random: Random,
): Life {
  const lines = someLines(products, random)
  const subtotal = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)
  const order: Fixed = {
    orderId,
    user,
    lines,
    subtotal,
    tax: Math.round(subtotal * TAX),
    fraudScore: random.below(100) / 100,
  }
  const changes = plan(order, random)
  let truth: Truth | undefined
  return {
    orderId,
    next(at) {
      const change = changes.shift()
      if (!change) return null
      truth ??= placed(at, random)
      truth.updatedAt = at
      return change(truth, at)
    },
    ended: () => truth && endedOf(order, truth),
  }
}

interface Fixed {
  readonly orderId: number
  readonly user: string | null
  readonly lines: readonly Line[]
  /** Cents, as `tax`. */
  readonly subtotal: number
  readonly tax: number
  readonly fraudScore: number
}

function someLines(products: readonly Product[], random: Random): Line[] {
  const first = random.below(products.length)
  return Array.from({ length: 1 + random.below(3) }, (_, place) => ({
    product: products[(first + place) % products.length]!,
    quantity: 1 + random.below(3),
  }))
}

function placed(at: number, random: Random): Truth {
  return {
    createdAt: at,
    updatedAt: at,
    status: 'pending',
    address: addressIn(random.pick(CITIES)),
    giftMessage: random.chance(0.3) ? random.pick(GIFTS) : null,
    trackingNumber: null,
    cancelled: null,
  }
}

function addressIn(city: string): Address {
  return { name: 'Sam Buyer', line1: 'Main Street 1', city, postalCode: '12345', country: 'DE' }
}

/** What will become of it: some are cancelled, some are told whole, most in parts. */
function plan(order: Fixed, random: Random): Change[] {
  const changes: Change[] = [(truth) => whole('created', order, truth)]
  const city = random.pick(CITIES)
  if (random.chance(0.3)) changes.push(movesTo(order, city))
  if (random.chance(0.2)) changes.push(giftSays(order, random.pick(GIFTS)))
  if (random.chance(0.25)) {
    if (random.chance(0.5)) changes.push(becomes(order, 'processing', false))
    return [...changes, isCancelled(order, random.pick(REASONS))]
  }
  const wholly = random.chance(0.3)
  changes.push(becomes(order, 'processing', wholly))
  changes.push(isShipped(order, `TRACK-${random.below(1_000_000)}`))
  return random.chance(0.7) ? [...changes, becomes(order, 'delivered', wholly)] : changes
}

function becomes(order: Fixed, status: OrderStatus, wholly: boolean): Change {
  return (truth) => {
    truth.status = status
    return wholly ? whole('updated', order, truth) : partial(order, truth, { status })
  }
}

function isShipped(order: Fixed, trackingNumber: string): Change {
  return (truth) => {
    truth.status = 'shipped'
    truth.trackingNumber = trackingNumber
    return partial(order, truth, { status: 'shipped', trackingNumber })
  }
}

function movesTo(order: Fixed, city: string): Change {
  return (truth) => {
    truth.address = addressIn(city)
    return partial(order, truth, { shippingAddress: truth.address })
  }
}

function giftSays(order: Fixed, giftMessage: string): Change {
  return (truth) => {
    truth.giftMessage = giftMessage
    return partial(order, truth, { giftMessage })
  }
}

function isCancelled({ orderId }: Fixed, reason: string): Change {
  return (truth, at) => {
    truth.status = 'cancelled'
    truth.cancelled = { at, reason }
    return { name: 'cancelled', orderId, value: { orderId, cancelledAt: isoOf(at), reason } }
  }
}

function partial({ orderId }: Fixed, { updatedAt }: Truth, more: Told['value']): Told {
  return { name: 'updated', orderId, value: { orderId, updatedAt: isoOf(updatedAt), ...more } }
}

/** Amounts are what the service's floats make of them. */
function whole(name: EventName, order: Fixed, truth: Truth): Told {
  const { orderId, user, lines, tax, fraudScore } = order
  const items = lines.map(({ product, quantity }) => ({
    productId: product.id,
    name: product.name,
    quantity,
    unitPrice: product.price / 100,
    total: (product.price / 100) * quantity,
    costPrice: costOf(product),
  }))
  const subtotal = items.reduce((sum, item) => sum + item.total, 0)
  const value = {
    orderId,
    ...(user !== null && { userId: user }),
    items,
    currency: lines[0]!.product.currency,
    subtotal,
    tax: tax / 100,
    total: subtotal + tax / 100,
    status: truth.status,
    shippingAddress: truth.address,
    createdAt: isoOf(truth.createdAt),
    updatedAt: isoOf(truth.updatedAt),
    fraudScore,
    ...(truth.giftMessage !== null && { giftMessage: truth.giftMessage }),
    ...(truth.trackingNumber !== null && { trackingNumber: truth.trackingNumber }),
  }
  return { name, orderId, value }
}

function endedOf(order: Fixed, truth: Truth): Ended {
  const { orderId, user, lines, subtotal, tax, fraudScore } = order
  return {
    orderId: String(orderId),
    buyerId: user,
    items: lines.map(({ product: { id: productId, name, price: unitPrice }, quantity }) => ({
      productId,
      name,
      quantity,
      unitPrice,
      total: unitPrice * quantity,
    })),
    currency: lines[0]!.product.currency,
    subtotal,
    tax,
    total: subtotal + tax,
    status: truth.status,
    shippingAddress: truth.address,
    createdAt: isoOf(truth.createdAt),
    updatedAt: isoOf(truth.updatedAt),
    ...(truth.cancelled && {
      cancelledAt: isoOf(truth.cancelled.at),
      reason: truth.cancelled.reason,
    }),
    further: {
      fraudScore,
      items: lines.map(({ product }) => ({ costPrice: costOf(product) })),
      ...(truth.giftMessage !== null && { giftMessage: truth.giftMessage }),
      ...(truth.trackingNumber !== null && { trackingNumber: truth.trackingNumber }),
    },
  }
}

function costOf({ price }: Product): number {
  return Math.round(price * 0.6) / 100
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
