import { batch, createComputed, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Api, OrderQuery } from '../api'
import { isSameSort, NEWEST_FIRST, type Sort } from './board-sort'
import { createListing, type Listing } from './listing'
import { PAGE_SIZE } from './realtime'
import { createSearch, type MatchesSearch } from './search'

/** The search field waits for a pause in typing before it asks the server. */
export const SEARCH_PAUSE_MS = 250

/** As many as the server gives at once. */
export const FURTHER_PAGE_SIZE = 100

const NONE: ReadonlySet<string> = new Set()

/** What the reader asked to see. */
export interface BoardQuery {
  readonly status: OrderStatus | null
  readonly search: string
  readonly sort: Sort
}

/**
 * Filter, search and order: what is loaded is filtered and sorted at once, the server is asked for
 * what else the filter and the search leave.
 */
export interface BoardView {
  readonly status: () => OrderStatus | null
  readonly search: () => string
  readonly sort: () => Sort
  /** Shows something else, in one step. */
  readonly show: (change: Partial<BoardQuery>) => void
  /** Reactive: something is filtered or searched. */
  readonly isFiltered: () => boolean
  /** Reactive: what is shown are the loaded ones only, the server's answer is on its way. */
  readonly searching: () => boolean
  /** Reactive: why the server's answer did not come; null when it did. */
  readonly searchError: () => unknown
  /** Reactive: the server's pages of what is sought; null while there are none. */
  readonly found: () => Listing | null
  /** Reactive: tells of an order whether filter and search leave it. */
  readonly shows: () => (order: Order) => boolean
  /** Asks the server again: what it found before was forgotten. */
  readonly again: () => void
}

/** Owned. @param isAllLoaded the server knows of no further order */
export function createBoardView(
  api: Api,
  onPage: (items: readonly Order[]) => void,
  isAllLoaded: () => boolean = () => false,
): BoardView {
  const [status, setStatus] = createSignal<OrderStatus | null>(null)
  const [search, setSearch] = createSignal('')
  const [sort, setSort] = createSignal(NEWEST_FIRST, { equals: isSameSort })
  const [found, setFound] = createSignal<Listing | null>(null)
  const [searching, setSearching] = createSignal(false)
  const [searchError, setSearchError] = createSignal<unknown>(null)
  /** What the server found: it may know more of an order than its event tells. */
  const [foundIds, setFoundIds] = createSignal(NONE)
  const matchesSearch = createSearch()
  const [asked, again] = createSignal(undefined, { equals: false })

  const query = (): OrderQuery => {
    const sought = search().trim()
    const only = status()
    return { ...(only && { status: only }), ...(sought !== '' && { search: sought }) }
  }
  const isFiltered = () => Object.keys(query()).length > 0

  function take(items: readonly Order[]): void {
    batch(() => {
      // What a search finds the server knows better; a status is to be seen in the order itself.
      if (search().trim() !== '')
        setFoundIds((known) => new Set([...known, ...items.map((order) => order.orderId)]))
      onPage(items)
    })
  }

  async function ask(sought: OrderQuery, signal: AbortSignal): Promise<void> {
    const load = (next?: string) =>
      api.allOrders(
        next === undefined
          ? { ...sought, limit: PAGE_SIZE }
          : { ...sought, limit: FURTHER_PAGE_SIZE, next },
        signal,
      )
    try {
      const page = await load()
      if (signal.aborted) return
      const listing = createListing({ load, onPage: take })
      batch(() => {
        take(page.items)
        listing.start(page)
        setFound(listing)
        setSearching(false)
      })
    } catch (error) {
      if (signal.aborted) return
      setSearchError(error)
      setSearching(false)
    }
  }

  // Before anything else follows from what is sought, so that all of it is one step.
  createComputed(
    on([query, asked], ([sought]) => {
      setFound(null)
      setSearchError(null)
      setFoundIds(NONE)
      // A search may find more in the server than is in the orders themselves.
      const isLoaded = sought.search === undefined && untrack(isAllLoaded)
      const asks = Object.keys(sought).length > 0 && !isLoaded
      setSearching(asks)
      if (!asks) return
      const asking = new AbortController()
      const pauseMs = sought.search === undefined ? 0 : SEARCH_PAUSE_MS
      const pause = setTimeout(() => void ask(sought, asking.signal), pauseMs)
      onCleanup(() => {
        clearTimeout(pause)
        asking.abort()
      })
    }),
  )

  // A function of what was read once: a signal read for each of 50,000 orders is remembered as often.
  const shows = createMemo(() => filter(status(), search(), foundIds(), matchesSearch))

  return {
    status,
    search,
    sort,
    show(change) {
      batch(() => {
        if (change.status !== undefined) setStatus(change.status)
        if (change.search !== undefined) setSearch(change.search)
        if (change.sort !== undefined) setSort(change.sort)
      })
    },
    isFiltered,
    searching,
    searchError,
    found,
    shows,
    again,
  }
}

function filter(
  status: OrderStatus | null,
  search: string,
  foundIds: ReadonlySet<string>,
  matches: MatchesSearch,
): (order: Order) => boolean {
  return (order) =>
    (status === null || order.status === status) &&
    (foundIds.has(order.orderId) || matches(order, search))
}
