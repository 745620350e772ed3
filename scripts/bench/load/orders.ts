import type { Draft } from '../../../server/orders/rules'
import { now } from '../lib/clock'
import { signToken, subjectOf } from '../lib/tokens'
import { openHttp, postOrder } from './http-client'
import type { HttpConnection } from './http-client'

/** What a customer sends to place an order; `products` are ids that the shop sells. */
export function orderDraft(products: readonly string[], index: number): Draft {
  const pick = (offset: number): string => products[(index + offset) % products.length]!
  return {
    items: [
      { productId: pick(0), quantity: 2 },
      { productId: pick(1), quantity: 1 },
    ],
    shippingAddress: {
      name: 'Alice Example',
      line1: 'Example Street 12',
      city: 'Exampleton',
      postalCode: '12345',
      country: 'DE',
    },
  }
}

export interface PlaceOrder {
  readonly port: number
  readonly secret: string
  readonly products: readonly string[]
  readonly orders: number
  /** Connections that place orders, each with one request under way. */
  readonly connections: number
  /** Orders a second, on a fixed schedule whatever the answers; null: as fast as they come. */
  readonly perSecond: number | null
}

export interface PlacedOrder {
  readonly orderId: string
  /** When the request was due, and when its answer was read: milliseconds since the epoch. */
  readonly dueAt: number
  readonly acknowledgedAt: number
}

/** Places orders and answers when each was acknowledged; anything but a 201 rejects. */
export async function placeOrders(order: PlaceOrder): Promise<readonly PlacedOrder[]> {
  const requests = await Promise.all(
    order.products.map(async (_, index) =>
      postOrder(
        order.port,
        await signToken(order.secret, subjectOf('customer', index), 'customer'),
        JSON.stringify(orderDraft(order.products, index)),
      ),
    ),
  )
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => openHttp(order.port)),
  )
  const place = async (
    connection: HttpConnection,
    index: number,
    dueAt: number,
  ): Promise<PlacedOrder> => {
    const answer = await connection.request(requests[index % requests.length]!)
    const acknowledgedAt = now()
    if (answer.status !== 201)
      throw new Error(`an order was answered ${answer.status}: ${answer.body}`)
    return { orderId: orderIdIn(answer.body), dueAt, acknowledgedAt }
  }
  const placed =
    order.perSecond === null
      ? await saturate(connections, order.orders, place)
      : await onSchedule(connections, order.orders, order.perSecond, place)
  for (const connection of connections) connection.close()
  return placed
}

type Place = (connection: HttpConnection, index: number, dueAt: number) => Promise<PlacedOrder>

async function saturate(
  connections: readonly HttpConnection[],
  orders: number,
  place: Place,
): Promise<readonly PlacedOrder[]> {
  const placed: PlacedOrder[] = []
  let next = 0
  await Promise.all(
    connections.map(async (connection) => {
      for (let index = next++; index < orders; index = next++)
        placed.push(await place(connection, index, now()))
    }),
  )
  return placed
}

/** Due times are fixed beforehand, so that a slow answer delays none of the others' clocks. */
async function onSchedule(
  connections: readonly HttpConnection[],
  orders: number,
  perSecond: number,
  place: Place,
): Promise<readonly PlacedOrder[]> {
  const free = [...connections]
  const running: Promise<PlacedOrder>[] = []
  const startAt = now()
  for (let index = 0; index < orders; index++) {
    const dueAt = startAt + (index * 1_000) / perSecond
    const early = dueAt - now()
    if (early > 1) await Bun.sleep(early)
    const connection = free.pop()
    if (!connection) throw new Error(`all ${connections.length} connections wait for an answer`)
    running.push(place(connection, index, dueAt).finally(() => free.push(connection)))
  }
  return Promise.all(running)
}

/** `"orderId":"…"` without parsing the rest. */
export function orderIdIn(json: string): string {
  const key = '"orderId":"'
  const from = json.indexOf(key)
  if (from === -1) throw new Error(`no order id in ${json.slice(0, 200)}`)
  return json.slice(from + key.length, json.indexOf('"', from + key.length))
}
