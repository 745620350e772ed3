import { createMemo, createSignal, untrack } from 'solid-js'
import type { EventName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { EventInfo } from '../../client'
import type { Api } from '../api'
import { texts } from '../texts'
import { createAwayToasts } from './away-toasts'
import { createKnownOrders } from './known-orders'
import { createListing, type Listing } from './listing'
import { PAGE_SIZE, type Realtime } from './realtime'
import type { ToastKind, Toasts, ToastText } from './toasts'

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
  /** The answer to a command: shown at once, and no news when its event arrives. */
  readonly take: (order: Order) => void
}

export function createOrders(deps: {
  readonly realtime: Realtime
  readonly api: Api
  readonly toasts: Toasts
}): Orders {
  const { realtime, api } = deps
  const { client } = realtime
  const known = createKnownOrders()
  const away = createAwayToasts(deps.toasts, '/orders')
  const [missed, setMissed] = createSignal<ReadonlySet<string>>(new Set())
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

  function apply(order: Order, replayed: boolean): void {
    const [change] = known.fold([order])
    if (client.seen.mark(order) === 'known') return
    if (replayed) setMissed((ids) => new Set([...ids, order.orderId]))
    away.show(customerToast(order, change?.before), replayed)
  }

  const onEvent = (order: Order, info: EventInfo) => apply(order, info.replayed)
  for (const name of ['created', 'updated', 'cancelled'] as const satisfies readonly EventName[]) {
    client.on(`order:${name}`, onEvent)
  }
  client.on('resumed', ({ channel }) => {
    if (channel === 'orders') away.flush()
  })
  client.on('snapshot', ({ channel, source, items, cursor, next = null }) => {
    if (channel !== 'orders') return
    const risen = items.filter((order) => client.seen.mark(order) === 'risen')
    // One that nothing follows on is no reason to take pages away from whoever reads them.
    if (cursor === null && untrack(ready)) known.fold(items)
    else {
      known.reset(items)
      listing.start({ items, next })
    }
    setReady(true)
    if (source === 'server') setSnapshots((count) => count + 1)
    setMissed((ids) => new Set([...ids, ...risen.map(({ orderId }) => orderId)]))
    for (const order of risen.toReversed()) away.show(customerToast(order, undefined), true)
    away.flush()
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
    missed,
    look: (orderId) => setMissed((ids) => new Set([...ids].filter((id) => id !== orderId))),
    listing,
    take: (order) => apply(order, false),
  }
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
