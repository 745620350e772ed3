import { createMemo, createSignal, onCleanup, untrack } from 'solid-js'
import type { EventName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { EventInfo, TakenSnapshot } from '../../client'
import type { Api, NewOrder } from '../api'
import { texts } from '../texts'
import type { Commands } from './commands'
import type { KeptStorage } from './kept'
import { createKnownOrders } from './known-orders'
import { createListing, type Listing } from './listing'
import { createMissed } from './missed'
import type { News, NewsItem, NewsSubject } from './news'
import { orderHref } from './order-links'
import { PAGE_SIZE, type Realtime } from './realtime'
import type { ToastKind, ToastText } from './toasts'

/** The orders of whoever is signed in, always as new as the newest event. */
export interface Orders {
  /** Reactive; undefined for one that is not loaded. */
  readonly get: (orderId: string) => Order | undefined
  /** Reactive: newest first, as far down as they are loaded. */
  readonly ids: () => readonly string[]
  /** Reactive: false until the first snapshot came. */
  readonly ready: () => boolean
  /** Reactive: rises when a snapshot came in the place of events, so that views load their own again. */
  readonly snapshots: () => number
  /** Reactive: changed while nobody could see it, and not looked at since. */
  readonly missed: () => ReadonlySet<string>
  /** Somebody looks at the order: nothing of it is missed any more. */
  readonly look: (orderId: string) => void
  readonly listing: Listing
  /** Rejects with a `Problem`, as the other commands. Shown at once, and no news in any other tab. */
  readonly place: (order: NewOrder, idempotencyKey: string) => Promise<Order>
  /** @param seenVersion required from staff for somebody's order */
  readonly cancel: (orderId: string, reason: string, seenVersion?: number) => Promise<Order>
  /** Another tab has looked at what was missed: this one shows the same. */
  readonly follow: () => void
}

export function createOrders(deps: {
  readonly realtime: Realtime
  readonly api: Api
  readonly commands: Commands
  /** Whose orders these are. */
  readonly subject: string
  readonly storage: KeptStorage
  readonly createNews: (options: NewsSubject) => News
}): Orders {
  const { realtime, api } = deps
  const { client } = realtime
  const known = createKnownOrders()
  const missed = createMissed(deps.storage, deps.subject)
  const news = deps.createNews({ href: '/orders', onMissed: missed.add })
  const [ready, setReady] = createSignal(false)
  const [snapshots, setSnapshots] = createSignal(0)
  const listing = createListing({
    load: (next) => api.myOrders({ limit: PAGE_SIZE, next }),
    onPage: (items) => {
      for (const order of items) hear(order)
      known.fold(items)
    },
  })
  const ids = createMemo(() => known.ids().filter((id) => listing.reaches(known.get(id)!)))

  /** What is news is handed on once; what of it was told is for the next page to know, after a reload. */
  const heard = new Map<string, number>()
  const heardUpTo = (orderId: string) => heard.get(orderId) ?? news.told.upTo(orderId)
  const hear = ({ orderId, version }: Order) =>
    heard.set(orderId, Math.max(version, heard.get(orderId) ?? 0))
  /** The server does not know the place where the page was: the next snapshot is of another history. */
  let logIsAnother = false
  let ended = false
  onCleanup(() => (ended = true))

  function apply(order: Order, replayed: boolean): void {
    const [change] = known.fold([order])
    if (heardUpTo(order.orderId) >= order.version) return
    hear(order)
    // To staff, the board tells nothing of their own orders.
    client.seen.mark(order)
    news.tell(newsOf(order, 1, change?.before), replayed)
  }

  /** Says what of a snapshot is news: as the events would have been. */
  function newsIn({ items, source }: Pick<TakenSnapshot, 'items' | 'source'>): readonly NewsItem[] {
    const newest = untrack(ready) ? newestOf(known.all()) : null
    return items.flatMap((order) => {
      const { orderId, version, createdAt } = order
      const before = heardUpTo(orderId)
      if (before >= version) return []
      hear(order)
      client.seen.mark(order)
      // One that was never told of may only be too old to have been looked at; not so what was kept.
      const mayBeOld = newest === null || createdAt <= newest
      if (before > 0 || source === 'kept' || !mayBeOld) return [newsOf(order, version - before)]
      news.told.record(order)
      return []
    })
  }

  /** Where the server was set back to a backup, a version that was told comes again for another change. */
  function goBack(items: readonly Order[]): void {
    logIsAnother = false
    heard.clear()
    news.told.goBack(items)
  }

  async function command(give: () => Promise<Order>): Promise<Order> {
    return deps.commands.run(async () => {
      const order = await give()
      // Of a session that has ended meanwhile nothing is shown or kept.
      if (!ended && order.buyerId === deps.subject) {
        // From now on it counts as told, and here it is not yet.
        heard.set(order.orderId, heardUpTo(order.orderId))
        await news.own(order)
        if (!ended) apply(order, false)
      }
      return order
    })
  }

  const onEvent = (order: Order, info: EventInfo) => apply(order, info.replayed)
  for (const name of ['created', 'updated', 'cancelled'] as const satisfies readonly EventName[]) {
    client.on(`order:${name}`, onEvent)
  }
  client.on('resumed', ({ channel, reason }) => {
    if (channel !== 'orders') return
    logIsAnother = reason === 'unknown'
    news.flush()
  })
  client.on('snapshot', ({ channel, source, items, cursor, next = null }) => {
    if (channel !== 'orders') return
    if (source === 'server' && cursor !== null && logIsAnother) goBack(items)
    const rose = newsIn({ items, source })
    // One that nothing follows on is no reason to take pages away from whoever reads them.
    if (cursor === null && untrack(ready)) known.fold(items)
    else {
      known.reset(items)
      listing.start({ items, next })
    }
    setReady(true)
    if (source === 'server') setSnapshots((count) => count + 1)
    for (const item of rose.toReversed()) news.tell(item, true)
    if (source === 'server') news.flush()
  })
  realtime.keepOrders(() => {
    const { reaches, next } = listing.firstPage()
    return { items: known.all().filter(reaches), next }
  })
  client.subscribe('orders')

  return {
    get: known.get,
    ids,
    ready,
    snapshots,
    missed: missed.ids,
    look: missed.look,
    listing,
    place: (order, key) => command(() => api.placeOrder(order, key)),
    cancel: (orderId, reason, seenVersion) =>
      command(() => api.cancelOrder(orderId, reason, seenVersion)),
    follow: missed.follow,
  }
}

/** When the newest order was placed; before all time where there is none. */
function newestOf(orders: readonly Order[]): string {
  return orders.reduce((newest, { createdAt }) => (createdAt > newest ? createdAt : newest), '')
}

function newsOf(order: Order, updates: number, before?: Order): NewsItem {
  const { orderId, version, status } = order
  const mayBeOwn = version === 1 || status === 'cancelled'
  return { orderId, version, updates, text: customerToast(order, before), mayBeOwn }
}

const CHANGES: ToastKind = { name: 'changes', many: texts.orders.toasts.changes, href: '/orders' }

function customerToast(order: Order, before: Order | undefined): ToastText {
  const number = orderNumber(order.orderId)
  const about = { href: orderHref(order.orderId), kind: CHANGES }
  const { placed, cancelled, updated, became } = texts.orders.toasts
  if (order.status === 'cancelled') {
    return { tone: 'warning', text: cancelled(number), detail: order.reason, ...about }
  }
  if (order.version === 1) return { tone: 'success', text: placed(number), ...about }
  const text = before?.status === order.status ? updated(number) : became(number, order.status)
  return { tone: order.status === 'delivered' ? 'success' : 'info', text, ...about }
}
