import { createMemo, createSignal, untrack } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { newestFirst } from '../stores/known-orders'

/** New orders that wait, so that what is read or ticked does not move away. */
export interface HeldRows {
  /** Reactive: the rows to show. */
  readonly shown: () => readonly string[]
  /** Reactive: how many orders wait. */
  readonly held: () => number
  /** The reader left the top of the list, or ticks rows: what is newer than all shown waits. */
  readonly hold: () => void
  readonly release: () => void
}

type Placed = Pick<Order, 'orderId' | 'createdAt'>

/** Owned. @param orderOf not reactive */
export function createHeldRows(
  ids: () => readonly string[],
  orderOf: (orderId: string) => Placed | undefined,
): HeldRows {
  const [newest, setNewest] = createSignal<Placed | null>(null)
  const shown = createMemo(() => {
    const mark = newest()
    const all = ids()
    if (mark === null) return all
    const rest = all.filter((id) => !isNewer(orderOf(id), mark))
    return rest.length === all.length ? all : rest
  })
  return {
    shown,
    held: () => ids().length - shown().length,
    hold: () => setNewest((known) => known ?? newestOf(untrack(ids), orderOf)),
    release: () => setNewest(null),
  }
}

function isNewer(order: Placed | undefined, mark: Placed): boolean {
  return order !== undefined && newestFirst(order, mark) < 0
}

/** In whatever order the list is. */
function newestOf(
  ids: readonly string[],
  orderOf: (orderId: string) => Placed | undefined,
): Placed | null {
  let newest: Placed | null = null
  for (const id of ids) {
    const order = orderOf(id)
    if (order && (newest === null || isNewer(order, newest))) newest = order
  }
  return newest
}
