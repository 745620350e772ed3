import * as fc from 'fast-check'
import type { ForeignEvent, ForeignRecord, Stamp } from '../orders/projection'
import { EVENT_NAMES } from '../protocol/frames'
import { ORDER_STATUSES } from '../protocol/order-status'

/** Events of another order service. The random ones meet in stamps on purpose. */

export const NOON = Date.UTC(2026, 0, 1, 12)

interface Said extends Partial<ForeignEvent> {
  /** The time of its stamp. */
  readonly at?: number
}

/** An update at noon that says nothing, but for what is given. */
export function foreignEvent(orderId: string, said: Said = {}): ForeignEvent {
  const { name = 'updated', at = NOON, ...more } = said
  const stamp = { version: null, time: at, name, source: `order.${name}-0@${at}` }
  return { name, orderId, fields: {}, extra: {}, stamp, ...more }
}

let offsets = 0

/** As records of a partition, at the offsets that come next. */
export function foreignRecords(events: readonly (ForeignEvent | null)[]): ForeignRecord[] {
  return events.map((event) => {
    const offset = offsets++
    return { offset, fingerprint: `f${offset}`, event }
  })
}

const times = fc.integer({ min: 1_767_225_600_000, max: 1_767_225_600_004 })
const texts = fc.constantFrom('a', 'b', 'c', 'ö')
const amounts = fc.nat({ max: 3 })

const items = fc.array(
  fc.record({
    productId: texts,
    name: texts,
    quantity: fc.integer({ min: 1, max: 3 }),
    unitPrice: amounts,
    total: amounts,
  }),
  { maxLength: 2 },
)

const fields = fc.record(
  {
    buyerId: fc.constantFrom('alice', 'bob', null),
    buyerEmail: texts,
    items,
    currency: fc.constantFrom('EUR', 'USD'),
    subtotal: amounts,
    tax: amounts,
    total: amounts,
    status: fc.constantFrom(...ORDER_STATUSES),
    shippingAddress: fc.record({
      name: texts,
      line1: texts,
      city: texts,
      postalCode: texts,
      country: fc.constantFrom('DE', 'NL'),
    }),
    createdAt: times.map(isoOf),
    updatedAt: times.map(isoOf),
    cancelledAt: times.map(isoOf),
    reason: texts,
  },
  { requiredKeys: [] },
)

const extra = fc.dictionary(
  fc.constantFrom('gift', 'score', '__proto__'),
  // As it is when it was written down once: JSON has no -0 of its own.
  fc.jsonValue({ maxDepth: 1 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  {
    maxKeys: 2,
  },
)

const stampParts = {
  version: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 2 }),
  time: times,
  name: fc.constantFrom(...EVENT_NAMES),
}

const sources = fc
  .tuple(
    fc.constantFrom('order.created-0', 'order.created-1', 'order.updated-0', 'order.updated-10'),
    fc.integer({ min: 0, max: 120 }),
  )
  .map(([partition, offset]) => `${partition}@${offset}`)

/** Of a few sources, so that two are often alike up to the last member. */
export const stamps: fc.Arbitrary<Stamp> = fc.record({ ...stampParts, source: sources })

/** Events of the orders, whole and partial, each of a source of its own. */
export function foreignEvents(
  orderIds: readonly string[],
  maxLength: number,
): fc.Arbitrary<ForeignEvent[]> {
  const event = fc.record({
    orderId: fc.constantFrom(...orderIds),
    fields,
    extra,
    stamp: stamps,
  })
  return fc
    .uniqueArray(event, { maxLength, selector: ({ stamp }) => stamp.source })
    .map((events) => events.map((each) => ({ ...each, name: each.stamp.name })))
}

/** The same events in another order, some of them again. */
export function shuffledAgain<Event>(events: readonly Event[]): fc.Arbitrary<readonly Event[]> {
  return fc.array(fc.constantFrom(...events), { maxLength: 6 }).chain((again) => {
    const all = [...events, ...again]
    return fc.shuffledSubarray(all, { minLength: all.length })
  })
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
