import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type { EventName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Stats } from '../../../server/protocol/stats'
import type { EventInfo } from '../../client'
import type { Api } from '../api'
import { Problem, problemText } from '../problem'
import { createAwayToasts } from './away-toasts'
import { createKnownOrders } from './known-orders'
import { createListing, type Listing } from './listing'
import { PAGE_SIZE, type Realtime } from './realtime'
import { matchesSearch } from './search'
import type { Toasts, ToastText } from './toasts'

/** The search field waits for a pause in typing before it asks the server. */
const SEARCH_PAUSE_MS = 250

/** All orders of the shop, live, for staff. */
export interface Board {
  get(orderId: string): Order | undefined
  /** Reactive: what the filter and the search leave, newest first, as far down as it is loaded. */
  ids(): readonly string[]
  /** Reactive: false until the first snapshot came. */
  ready(): boolean
  /** Reactive: the server says that this is not for the person signed in. */
  refused(): boolean
  /** Reactive: the server's figures, null until they came. */
  stats(): Stats | null
  /** Reactive: why the figures could not be loaded; null when they could. */
  statsError(): unknown
  status(): OrderStatus | null
  setStatus(status: OrderStatus | null): void
  search(): string
  setSearch(search: string): void
  /** Reactive: what is shown are the loaded ones only, the server's answer is on its way. */
  searching(): boolean
  /** Reactive: why the server's answer to filter and search did not come. */
  searchError(): unknown
  listing(): Listing
  /** The answer to a command: shown at once. */
  take(order: Order): void
  /**
   * Changes what the reader saw, and nothing newer: where somebody else was faster, the newest is
   * shown and a toast says so. Never rejects; every other trouble is told by a toast, too.
   */
  changeStatus(orderId: string, seenVersion: number, change: StatusChange): Promise<void>
}

export interface StatusChange {
  readonly status: OrderStatus
  /** With `cancelled` only. */
  readonly reason?: string
}

/** Owned: leaves the channel when its owner ends. For a session of staff, on whatever page. */
export function createBoard(deps: {
  readonly realtime: Realtime
  readonly api: Api
  readonly toasts: Toasts
}): Board {
  const { realtime, api } = deps
  const { client } = realtime
  const known = createKnownOrders()
  const away = createAwayToasts(deps.toasts)
  const [ready, setReady] = createSignal(false)
  const figures = createStats(realtime, api)
  const view = createView(api, (items) => {
    for (const order of items) client.seen.mark(order)
    known.fold(items)
  })

  const everything = createListing({
    load: (next) => api.allOrders({ limit: PAGE_SIZE, next }),
    onPage: view.onPage,
  })
  const listing = () => view.filtered() ?? everything
  const ids = createMemo(() => {
    const { reaches } = listing()
    return known.ids().filter((id) => {
      const order = known.get(id)!
      return reaches(order) && view.shows(order)
    })
  })

  function apply(order: Order, replayed: boolean): void {
    known.fold([order])
    if (client.seen.mark(order) === 'known') return
    const text = staffToast(order)
    if (text) away.show(text, replayed)
  }

  const onEvent = (order: Order, info: EventInfo) => apply(order, info.replayed)
  const stops = (['created', 'updated', 'cancelled'] as const satisfies readonly EventName[]).map(
    (name) => client.on(`admin:order:${name}`, onEvent),
  )
  stops.push(
    client.on('resumed', ({ channel, after }) => {
      if (channel !== 'admin') return
      away.flush()
      if (after !== 'snapshot') void figures.load()
    }),
    client.on('snapshot', ({ channel, items, next = null }) => {
      if (channel !== 'admin') return
      const news = items.filter((order) => client.seen.mark(order) !== 'known')
      known.reset(items)
      everything.start({ items, next })
      if (ready()) for (const order of news.toReversed()) showLate(order)
      away.flush()
      setReady(true)
      void figures.load()
    }),
  )
  function showLate(order: Order): void {
    const text = staffToast(order)
    if (text) away.show(text, true)
  }
  async function changeStatus(
    orderId: string,
    seenVersion: number,
    { status, reason }: StatusChange,
  ): Promise<void> {
    const number = orderNumber(orderId)
    try {
      apply(
        await api.changeStatus(orderId, seenVersion, { status, ...(reason && { reason }) }),
        false,
      )
    } catch (error) {
      const overtaken = error instanceof Problem && [409, 412].includes(error.status)
      const newest = overtaken ? await api.order(orderId).catch(() => null) : null
      if (newest) {
        const { history: _, ...order } = newest
        apply(order, false)
      }
      deps.toasts.show({
        tone: 'warning',
        text: overtaken
          ? `Someone else changed order #${number}`
          : `Order #${number} was not changed`,
        detail: overtaken
          ? `It is ${newest?.status ?? 'not what you saw'} now. Your change was not made.`
          : problemText(error),
      })
    }
  }

  client.subscribe('admin', { from: 'snapshot' })
  onCleanup(() => {
    for (const stop of stops) stop()
    client.unsubscribe('admin')
  })

  return {
    get: known.get,
    ids,
    ready,
    refused: () => realtime.state().channels.admin === 'refused',
    stats: figures.stats,
    statsError: figures.error,
    status: view.status,
    setStatus: view.setStatus,
    search: view.search,
    setSearch: view.setSearch,
    searching: view.searching,
    searchError: view.searchError,
    listing,
    take: (order) => apply(order, false),
    changeStatus,
  }
}

/** The newest absolute figures, whichever way they came. */
function createStats(realtime: Realtime, api: Api) {
  const [stats, setStats] = createSignal<Stats | null>(null)
  const [error, setError] = createSignal<unknown>(null)

  function take(next: Stats): void {
    setError(null)
    setStats((shown) => (shown && shown.at > next.at ? shown : next))
  }
  onCleanup(realtime.client.on('admin:stats', take))

  return {
    stats,
    error,
    async load() {
      try {
        take(await api.stats())
      } catch (failure) {
        setError(failure)
      }
    },
  }
}

/** Filter and search: what is loaded is filtered at once, the server is asked for the rest. */
function createView(api: Api, onPage: (items: readonly Order[]) => void) {
  const [status, setStatus] = createSignal<OrderStatus | null>(null)
  const [search, setSearch] = createSignal('')
  const [filtered, setFiltered] = createSignal<Listing | null>(null)
  const [searching, setSearching] = createSignal(false)
  const [searchError, setSearchError] = createSignal<unknown>(null)
  /** What the server found for the search: it may know more of an order than its event tells. */
  const [found, setFound] = createSignal<ReadonlySet<string>>(new Set())

  function ask(query: { readonly status?: OrderStatus; readonly search?: string }): () => void {
    const asking = new AbortController()
    const take = (items: readonly Order[]) => {
      setFound((known) => new Set([...known, ...items.map((order) => order.orderId)]))
      onPage(items)
    }
    const listing = createListing({
      load: (next) => api.allOrders({ ...query, limit: PAGE_SIZE, next }, asking.signal),
      onPage: take,
    })
    const start = async () => {
      try {
        const page = await api.allOrders({ ...query, limit: PAGE_SIZE }, asking.signal)
        if (asking.signal.aborted) return
        take(page.items)
        listing.start(page)
        setFiltered(listing)
      } catch (error) {
        if (!asking.signal.aborted) setSearchError(error)
      }
      if (!asking.signal.aborted) setSearching(false)
    }
    const pause = setTimeout(start, query.search === undefined ? 0 : SEARCH_PAUSE_MS)
    return () => {
      clearTimeout(pause)
      asking.abort()
    }
  }

  createEffect(
    on([status, search], ([status, search]) => {
      setFiltered(null)
      setSearchError(null)
      setFound(new Set<string>())
      const sought = search.trim()
      setSearching(status !== null || sought !== '')
      if (!searching()) return
      const query = { ...(status && { status }), ...(sought !== '' && { search: sought }) }
      onCleanup(ask(query))
    }),
  )

  return {
    status,
    setStatus,
    search,
    setSearch,
    filtered,
    searching,
    searchError,
    onPage,
    shows: (order: Order) =>
      (status() === null || order.status === status()) &&
      (search().trim() === '' || found().has(order.orderId) || matchesSearch(order, search())),
  }
}

/** New orders and cancellations are news for staff; other changes are their own doing. */
function staffToast(order: Order): ToastText | null {
  const number = orderNumber(order.orderId)
  const href = `/orders/${order.orderId}`
  if (order.status === 'cancelled') {
    return { tone: 'warning', text: `Order #${number} was cancelled`, detail: order.reason, href }
  }
  return order.version === 1 ? { tone: 'info', text: `New order #${number}`, href } : null
}
