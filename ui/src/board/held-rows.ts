import { createMemo, createSignal, untrack } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { newestFirst } from '../stores/known-orders'
import { firstIndex, isSameList } from '../stores/sorted-ids'

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

/**
 * Owned.
 * @param orderOf not reactive
 * @param areNewestFirst reactive: then those that wait are found without a walk through all
 */
export function createHeldRows(
  ids: () => readonly string[],
  orderOf: (orderId: string) => Placed | undefined,
  areNewestFirst: () => boolean = () => false,
): HeldRows {
  const [newest, setNewest] = createSignal<Placed | null>(null)
  const shown = createMemo<readonly string[]>(
    () => notNewer(ids(), newest(), orderOf, areNewestFirst()),
    [],
    // What came in and waits is no reason to draw the rows anew.
    { equals: isSameList },
  )
  return {
    shown,
    held: () => ids().length - shown().length,
    hold() {
      const all = untrack(ids)
      const some = untrack(areNewestFirst) ? all.slice(0, 1) : all
      setNewest((known) => known ?? newestOf(some, orderOf))
    },
    release: () => setNewest(null),
  }
}

function notNewer(
  all: readonly string[],
  mark: Placed | null,
  orderOf: (orderId: string) => Placed | undefined,
  areNewestFirst: boolean,
): readonly string[] {
  if (mark === null) return all
  const isOld = (id: string) => !isNewer(orderOf(id), mark)
  const rest = areNewestFirst ? all.slice(firstIndex(all, isOld)) : all.filter(isOld)
  return rest.length === all.length ? all : rest
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
