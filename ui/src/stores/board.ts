import { batch, createSignal, onCleanup, untrack } from 'solid-js'
import type { EventName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import type { Client, EventInfo, TakenSnapshot } from '../../client'
import type { Api } from '../api'
import { createBoardChanges, type BoardChanges } from './board-changes'
import { createBoardList } from './board-list'
import { createBoardStats, type BoardStats } from './board-stats'
import { createBoardView, FURTHER_PAGE_SIZE, type BoardView } from './board-view'
import { createFrameInbox } from './frame-inbox'
import { createKnownOrders } from './known-orders'
import { createListing, type Listing } from './listing'
import type { News, NewsSubject } from './news'
import type { Realtime } from './realtime'
import { prepareSearch } from './search'
import { staffToast } from './staff-toast'
import type { Toasts } from './toasts'

/** All orders of the shop, live, for staff. */
export interface Board {
  /** Reactive; undefined for one that is not loaded. */
  readonly get: (orderId: string) => Order | undefined
  /** Reactive: what the view leaves of what is loaded, in its order. */
  readonly ids: () => readonly string[]
  /** Reactive: false until the first snapshot came. */
  readonly ready: () => boolean
  /** Reactive: the server says that this is not for the person signed in. */
  readonly refused: () => boolean
  readonly figures: BoardStats
  readonly view: BoardView
  /** Reactive: the pages of what is shown now. */
  readonly listing: () => Listing
  /** As it is now, not reactive. */
  readonly peek: (orderId: string) => Order | undefined
  /** Reactive: a higher number whenever any order changed; for walks with `peek`. */
  readonly revision: () => number
  /** The answer to a command: shown at once. */
  readonly take: (order: Order) => void
  readonly changes: BoardChanges
  /** Calls `listener` at each order that was placed now. Returns what removes it. */
  readonly onNewOrder: (listener: () => void) => () => void
}

/** `late`: heard after an interruption. */
interface Arrived {
  readonly order: Order
  readonly late: boolean
}

/** Owned: leaves the channel when its owner ends. For a session of staff, on whatever page. */
export function createBoard(deps: {
  readonly realtime: Pick<Realtime, 'state'> & {
    readonly client: Pick<Client, 'on' | 'seen' | 'subscribe' | 'unsubscribe'>
  }
  readonly api: Api
  readonly toasts: Pick<Toasts, 'show'>
  readonly createNews: (options: NewsSubject) => News
}): Board {
  const { realtime, api, toasts } = deps
  const { client } = realtime
  const known = createKnownOrders()
  const news = deps.createNews({ href: '/board', awaitsAnswer })
  const [ready, setReady] = createSignal(false)
  const figures = createBoardStats(client, api)
  const newOrderListeners = new Set<() => void>()

  function takePage(items: readonly Order[]): void {
    prepareSearch(items)
    for (const order of items) client.seen.mark(order)
    known.fold(items)
  }
  const everything = createListing({
    load: (next) => api.allOrders({ limit: FURTHER_PAGE_SIZE, next }),
    onPage: takePage,
  })
  const view = createBoardView(api, takePage, () => ready() && !everything.hasMore())
  const listing = () => view.found() ?? everything
  const ids = createBoardList(known, view, listing)

  // Nothing of it is kept across reloads: what waits for its frame is loaded again with the rest.
  const inbox = createFrameInbox<Arrived>((arrived) =>
    batch(() => {
      const orders = arrived.map(({ order }) => order)
      prepareSearch(orders)
      known.fold(orders)
      for (const { order, late } of arrived) {
        if (client.seen.mark(order) !== 'known') tell(order, late)
      }
    }),
  )

  function tell(order: Order, late: boolean): void {
    const { orderId, version } = order
    const text = staffToast(order)
    // Whoever looks at the board sees new orders where they come in, and what they do themselves.
    const isShown = version === 1 && !late && changes.isAttended()
    const item = text && { orderId, version, updates: 1, text }
    if (isOwn(order)) void news.own(order)
    else if (item && isShown) news.shown(item)
    else if (item) news.tell(item, late)
    if (order.version === 1 && !late) for (const listener of newOrderListeners) listener()
  }

  /** Its event may be here before the answer to the command that made it. */
  function isOwn({ orderId, status }: Order): boolean {
    const change = changes.of(orderId)
    return change?.state.kind === 'sending' && change.wanted.status === status
  }

  /** Where somebody else was faster, the question about the change tells what they did. */
  function awaitsAnswer(orderId: string): boolean {
    const kind = changes.of(orderId)?.state.kind
    return kind === 'held' || kind === 'sending'
  }

  function takeSnapshot({ channel, items, cursor, next = null }: TakenSnapshot): void {
    if (channel !== 'admin') return
    inbox.flush()
    // More orders are known here than are remembered as seen.
    const isKnown = ({ orderId, version }: Order) => (known.peek(orderId)?.version ?? 0) >= version
    const risen = items.filter((order) => client.seen.mark(order) !== 'known' && !isKnown(order))
    // One that nothing follows on is no reason to take pages away from whoever reads them.
    const isExtra = cursor === null && untrack(ready)
    if (isExtra) known.fold(items)
    else {
      known.reset(items)
      everything.start({ items, next })
    }
    // The first one of a session is not news: nobody was away from it.
    if (untrack(ready)) for (const order of risen.toReversed()) tell(order, true)
    news.flush()
    setReady(true)
    if (!isExtra || untrack(view.searchError) !== null) view.again()
    void figures.load()
  }

  const onEvent = (order: Order, { replayed }: EventInfo) => inbox.put({ order, late: replayed })
  const names = ['created', 'updated', 'cancelled'] as const satisfies readonly EventName[]
  const stops = [
    ...names.map((name) => client.on(`admin:order:${name}`, onEvent)),
    client.on('snapshot', takeSnapshot),
    client.on('resumed', ({ channel, after }) => {
      if (channel !== 'admin') return
      inbox.flush()
      news.flush()
      if (after === 'snapshot') return
      void figures.load()
      if (untrack(view.searchError) !== null) view.again()
    }),
  ]
  client.subscribe('admin', { from: 'snapshot' })
  onCleanup(() => {
    for (const stop of stops) stop()
    client.unsubscribe('admin')
  })

  /** What the reader did is no news when its event comes. */
  function take(order: Order): void {
    known.fold([order])
    client.seen.mark(order)
    void news.own(order)
  }
  const changes = createBoardChanges({ realtime, api, toasts, take })
  return {
    get: known.get,
    peek: known.peek,
    revision: known.revision,
    ids,
    ready,
    refused: () => realtime.state().channels.admin === 'refused',
    figures,
    view,
    listing,
    take,
    changes,
    onNewOrder(listener) {
      newOrderListeners.add(listener)
      return () => newOrderListeners.delete(listener)
    },
  }
}
