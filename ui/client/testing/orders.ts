import type { EventFrame } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'

export function anOrder(orderId: string, version = 1): Order {
  return {
    orderId,
    buyerId: 'alice',
    items: [{ productId: 'p1', name: 'Tea', quantity: 1, unitPrice: 500, total: 500 }],
    currency: 'EUR',
    subtotal: 500,
    tax: 95,
    total: 595,
    status: version === 1 ? 'pending' : 'processing',
    shippingAddress: {
      name: 'Alice',
      line1: 'Main Street 1',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version,
  }
}

/** The cursor of the entry with this number, in a log made up for a test. */
export function at(number: number): string {
  return `${number}.${number.toString(16).padStart(8, '0')}`
}

/** The event in entry `number`, after the one in entry `prev`. */
export function anEvent(number: number, prev: number | null, order: Order): EventFrame {
  const event = order.version === 1 ? 'order:created' : 'order:updated'
  return { event, id: at(number), prev: prev === null ? '' : at(prev), data: order }
}
