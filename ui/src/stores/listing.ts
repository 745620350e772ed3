import { createSignal } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import type { Page } from '../api'
import { newestFirst } from './known-orders'

/** How far down a list has been loaded, page by page. */
export interface Listing {
  /** Reactive: the end is not reached. */
  readonly hasMore: () => boolean
  /** Reactive. */
  readonly loading: () => boolean
  /** Reactive: why the last page did not come; null when it did. */
  readonly error: () => unknown
  /** Reactive: whether the loaded pages reach down to this order. */
  readonly reaches: (order: Order) => boolean
  /** How far the first page reached, for what is kept across reloads. */
  readonly firstPage: () => FirstPage
  /** Starts over with a first page. A page that is still on its way is ignored. */
  readonly start: (page: Pick<Page<Order>, 'items' | 'next'>) => void
  /** Loads the next page, unless one is on its way or the end is reached. */
  readonly loadMore: () => Promise<void>
}

export interface FirstPage {
  readonly next: string | null
  readonly reaches: (order: Order) => boolean
}

export function createListing(deps: {
  readonly load: (next: string) => Promise<Page<Order>>
  readonly onPage: (items: readonly Order[]) => void
}): Listing {
  const [next, setNext] = createSignal<string | null>(null)
  const [floor, setFloor] = createSignal<Order | null>(null)
  const [loading, setLoading] = createSignal(false)
  const [error, setError] = createSignal<unknown>(null)
  let generation = 0
  let firstPage: FirstPage = { next: null, reaches: () => true }

  function take(page: Pick<Page<Order>, 'items' | 'next'>): void {
    setNext(page.next)
    setFloor(page.items.at(-1) ?? null)
  }

  function reachesDown(order: Order, from: string | null, lowest: Order | null): boolean {
    return from === null || lowest === null || newestFirst(order, lowest) <= 0
  }

  return {
    hasMore: () => next() !== null,
    loading,
    error,
    firstPage: () => firstPage,
    reaches: (order) => reachesDown(order, next(), floor()),
    start(page) {
      generation++
      setLoading(false)
      setError(null)
      take(page)
      const { next, items } = page
      const lowest = items.at(-1) ?? null
      firstPage = { next, reaches: (order) => reachesDown(order, next, lowest) }
    },
    async loadMore() {
      const from = next()
      if (from === null || loading()) return
      const started = generation
      setLoading(true)
      setError(null)
      try {
        const page = await deps.load(from)
        if (started !== generation) return
        deps.onPage(page.items)
        take(page)
      } catch (failure) {
        if (started === generation) setError(failure)
      } finally {
        if (started === generation) setLoading(false)
      }
    },
  }
}
