import { createMemo } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { comparison, isServerOrder, sortIds, type Sort } from './board-sort'
import type { BoardView } from './board-view'
import type { Change, KnownOrders } from './known-orders'
import type { Listing } from './listing'
import { firstIndex, insertIds, isSameList, type Compare } from './sorted-ids'

/** From what a list was made. */
interface Making {
  readonly reaches: (order: Order) => boolean
  readonly shows: (order: Order) => boolean
  readonly sort: Sort
  readonly revision: number
}

/**
 * Owned, reactive: of the orders known, those that filter and search leave, as far down as pages are
 * loaded, in the order chosen. What comes in changes the list made before: with tens of thousands of
 * orders a walk through all of them for each update would be all that the page does.
 */
export function createBoardList(
  known: KnownOrders,
  view: Pick<BoardView, 'shows' | 'sort' | 'isFiltered'>,
  listing: () => Pick<Listing, 'reach'>,
): () => readonly string[] {
  const peek = (orderId: string) => known.peek(orderId)!
  let made: Making | null = null

  return createMemo<readonly string[]>(
    (before) => {
      const making: Making = {
        reaches: listing().reach(),
        shows: view.shows(),
        sort: view.sort(),
        revision: known.revision(),
      }
      const { reaches, shows, sort } = making
      const changes = made && isSame(made, making) ? known.changesSince(made.revision) : null
      made = making
      if (isServerOrder(sort) && !view.isFiltered()) {
        const all = known.ids()
        const end = firstIndex(all, (id) => !reaches(peek(id)))
        return end === all.length ? all : all.slice(0, end)
      }
      const passes = (order: Order) => reaches(order) && shows(order)
      if (changes) return change(before, changes, passes, comparison(sort), peek)
      const left = known.ids().filter((id) => passes(peek(id)))
      return isServerOrder(sort) ? left : sortIds(left, before, peek, sort)
    },
    [],
    { equals: isSameList },
  )
}

function isSame(a: Making, b: Making): boolean {
  return a.reaches === b.reaches && a.shows === b.shows && a.sort === b.sort
}

/** The list that was made `before`, after these changes. */
function change(
  before: readonly string[],
  changes: readonly Change[],
  passes: (order: Order) => boolean,
  compare: Compare,
  peek: (orderId: string) => Order,
): readonly string[] {
  const moved = changes.filter(({ order, before: old }) => {
    const stays = old !== undefined && passes(old)
    return stays !== passes(order) || (stays && compare(old, order) !== 0)
  })
  if (moved.length === 0) return before
  const ids = new Set(moved.map(({ order }) => order.orderId))
  const rest = moved.some((one) => one.before) ? before.filter((id) => !ids.has(id)) : before
  const added = moved.map(({ order }) => order).filter(passes)
  return insertIds(rest, added, compare, peek)
}
