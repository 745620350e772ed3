import { batch, createSignal } from 'solid-js'
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
  /** Reactive: `reaches` as it is now, for walks through many orders. */
  readonly reach: () => (order: Order) => boolean
  /** How far the first page reached, for what is kept across reloads. */
  readonly firstPage: () => FirstPage
  /** Starts over with a first page. A page that is still on its way is ignored. */
  readonly start: (page: Pick<Page<Order>, 'items' | 'next'>) => void
  /** Loads the next page, unless one is on its way or the end is reached. */
  readonly loadMore: () => Promise<void>
  /** Loads page after page: to the end, until one does not come, or as long as it is not stopped. */
  readonly loadAll: (stopped: AbortSignal) => Promise<void>
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
  // The same function as long as nothing more was loaded.
  const [reach, setReach] = createSignal<(order: Order) => boolean>(() => true)
  const [loading, setLoading] = createSignal(false)
  const [error, setError] = createSignal<unknown>(null)
  let generation = 0
  let running: Promise<void> | null = null
  let firstPage: FirstPage = { next: null, reaches: () => true }

  function take(page: Pick<Page<Order>, 'items' | 'next'>): void {
    setNext(page.next)
    setReach(() => reachDown(page.next, page.items.at(-1) ?? null))
  }

  /** To the end, or to the lowest that is loaded. */
  function reachDown(from: string | null, lowest: Order | null): (order: Order) => boolean {
    if (from === null || lowest === null) return () => true
    return (order) => newestFirst(order, lowest) <= 0
  }

  async function loadPage(from: string): Promise<void> {
    const started = generation
    setLoading(true)
    setError(null)
    try {
      const page = await deps.load(from)
      if (started !== generation) return
      batch(() => {
        deps.onPage(page.items)
        take(page)
      })
    } catch (failure) {
      if (started === generation) setError(failure)
    } finally {
      if (started === generation) setLoading(false)
    }
  }

  async function loadMore(): Promise<void> {
    const from = next()
    if (from === null || loading()) return
    running = loadPage(from)
    await running
  }

  return {
    hasMore: () => next() !== null,
    loading,
    error,
    firstPage: () => firstPage,
    reaches: (order) => reach()(order),
    reach,
    start(page) {
      generation++
      setLoading(false)
      setError(null)
      take(page)
      const { next, items } = page
      firstPage = { next, reaches: reachDown(next, items.at(-1) ?? null) }
    },
    loadMore,
    async loadAll(stopped) {
      const started = generation
      while (started === generation && next() !== null && !stopped.aborted) {
        await (loading() ? running : loadMore())
        if (error() !== null) return
      }
    },
  }
}
