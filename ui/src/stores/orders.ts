import { createMemo, createSignal, untrack } from 'solid-js'
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
  const missed = createMissed(deps.storage)
  const news = deps.createNews({ href: '/orders', onMissed: missed.add })
  const [ready, setReady] = createSignal(false)
  const [snapshots, setSnapshots] = createSignal(0)
  const listing = createListing({
    load: (next) => api.myOrders({ limit: PAGE_SIZE, next }),
    onPage: (items) => {
      for (const order of items) client.seen.mark(order)
      known.fold(items)
    },
  })
  const ids = createMemo(() => known.ids().filter((id) => listing.reaches(known.get(id)!)))

  /** Of a replay that goes on. Not seen yet: whoever reloads the page now is told after it. */
  const heard = new Map<string, Order>()
  const seenUpTo = (orderId: string) => {
    const [seen, late] = [client.seen.version(orderId), heard.get(orderId)?.version]
    return seen === undefined ? late : Math.max(seen, late ?? 0)
  }

  function apply(order: Order, replayed: boolean): void {
    const [change] = known.fold([order])
    if ((seenUpTo(order.orderId) ?? 0) >= order.version) return
    if (replayed) heard.set(order.orderId, order)
    else client.seen.mark(order)
    news.tell(newsOf(order, 1, change?.before), replayed)
  }

  function tellHeard(): void {
    for (const order of heard.values()) client.seen.mark(order)
    heard.clear()
    news.flush()
  }

  /** Marks what a snapshot holds as seen, and says what of it is news: as the events would have been. */
  function newsIn({ items, source }: Pick<TakenSnapshot, 'items' | 'source'>): readonly NewsItem[] {
    const newest = untrack(ready) ? newestOf(known.all()) : null
    return items.flatMap((order) => {
      const before = seenUpTo(order.orderId)
      if (source === 'kept') heard.set(order.orderId, order)
      else client.seen.mark(order)
      if ((before ?? 0) >= order.version) return []
      // One that was never seen may only be too old to have been looked at; not so what was kept.
      const mayBeOld = newest === null || order.createdAt <= newest
      if (before === undefined && source === 'server' && mayBeOld) return []
      return [newsOf(order, order.version - (before ?? 0))]
    })
  }

  async function command(give: () => Promise<Order>): Promise<Order> {
    return deps.commands.run(async () => {
      const order = await give()
      if (order.buyerId === deps.subject) {
        await news.own(order)
        apply(order, false)
      }
      return order
    })
  }

  const onEvent = (order: Order, info: EventInfo) => apply(order, info.replayed)
  for (const name of ['created', 'updated', 'cancelled'] as const satisfies readonly EventName[]) {
    client.on(`order:${name}`, onEvent)
  }
  client.on('resumed', ({ channel }) => {
    if (channel === 'orders') tellHeard()
  })
  client.on('snapshot', ({ channel, source, items, cursor, next = null }) => {
    if (channel !== 'orders') return
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
    if (source === 'server') tellHeard()
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
  const about = { href: `/orders/${order.orderId}`, kind: CHANGES }
  const { placed, cancelled, updated, became } = texts.orders.toasts
  if (order.status === 'cancelled') {
    return { tone: 'warning', text: cancelled(number), detail: order.reason, ...about }
  }
  if (order.version === 1) return { tone: 'success', text: placed(number), ...about }
  const text = before?.status === order.status ? updated(number) : became(number, order.status)
  return { tone: order.status === 'delivered' ? 'success' : 'info', text, ...about }
}
