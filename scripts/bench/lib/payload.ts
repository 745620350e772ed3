import { encodeEventFrame, joinFrames } from '../../../server/protocol/frames'
import type { ChannelName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'

/** A whole order, about 600 bytes as JSON. */
export function sampleOrder(index: number, customer: string): Order {
  const number = String(index).padStart(12, '0')
  return {
    orderId: `0198c5a1-7d3e-7000-8000-${number}`,
    buyerId: customer,
    items: [
      {
        productId: 'espresso-1kg',
        name: 'Espresso beans, 1 kg',
        quantity: 2,
        unitPrice: 2190,
        total: 4380,
      },
      {
        productId: 'filter-paper',
        name: 'Filter paper, 100 pieces',
        quantity: 1,
        unitPrice: 490,
        total: 490,
      },
    ],
    currency: 'EUR',
    subtotal: 4870,
    tax: 925,
    total: 5795,
    status: 'processing',
    shippingAddress: {
      name: 'Alice Example',
      line1: 'Example Street 12',
      city: 'Exampleton',
      postalCode: '12345',
      country: 'DE',
    },
    createdAt: '2026-11-22T12:00:00.000Z',
    updatedAt: '2026-11-22T12:00:01.000Z',
    version: 2,
  }
}

/** The frame of several events as the hub puts it together, with cursors of the usual form. */
export function sampleFrame(channel: ChannelName, first: number, orders: readonly Order[]): string {
  const cursor = (place: number): string => `${place}.${place.toString(16).padStart(8, '0')}`
  return joinFrames(
    orders.map((order, index) => {
      const place = first + index
      return encodeEventFrame(
        channel,
        'updated',
        cursor(place),
        cursor(place - 1),
        JSON.stringify(order),
      )
    }),
  )
}
