import type { OrderChange } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { texts } from '../texts'

/** Who looks at an order. */
export interface Reader {
  readonly subject: string
  readonly staff: boolean
}

export interface Day {
  readonly changes: readonly OrderChange[]
}

/** The changes of each day of the reader's time zone together, in the order in which they come. */
export function byDay(changes: readonly OrderChange[]): readonly Day[] {
  const days: OrderChange[][] = []
  for (const change of changes) {
    const current = days.at(-1)
    if (current && dayOf(current[0]!) === dayOf(change)) current.push(change)
    else days.push([change])
  }
  return days.map((ofOneDay) => ({ changes: ofOneDay }))
}

function dayOf({ at }: OrderChange): string {
  return new Date(at).toDateString()
}

/** Customers are told that it was the shop, staff who of them it was. */
export function whoOf({ by }: OrderChange, reader: Reader): string {
  if (by === reader.subject) return texts.orders.byYou
  return by === 'staff' && !reader.staff ? texts.orders.byShop : by
}

/** What was heard first of another service's order may be that it was shipped. */
export function isPlacing({ version, status }: OrderChange): boolean {
  return version === 1 && status === 'pending'
}

/** When an order came to a status first, or undefined where that is not known. */
export function reachedAt(
  history: readonly OrderChange[] | undefined,
  status: OrderStatus,
): string | undefined {
  return history?.find((change) => change.status === status)?.at
}
