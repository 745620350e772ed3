import { createMemo, createSignal, untrack } from 'solid-js'
import type { EventName } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { EventInfo } from '../../client'
import type { Api } from '../api'
import { createAwayToasts } from './away-toasts'
import { createKnownOrders } from './known-orders'
import { createListing, type Listing } from './listing'
import { PAGE_SIZE, type Realtime } from './realtime'
import type { Toasts, ToastText } from './toasts'

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
  const away = createAwayToasts(deps.toasts)
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
    listing,
    take: (order) => apply(order, false),
  }
}

function customerToast(order: Order, before: Order | undefined): ToastText {
  const name = `Order #${orderNumber(order.orderId)}`
  const href = `/orders/${order.orderId}`
  if (order.status === 'cancelled') {
    return { tone: 'warning', text: `${name} is cancelled`, detail: order.reason, href }
  }
  if (order.version === 1) return { tone: 'success', text: `${name} is placed`, href }
  const text =
    before?.status === order.status ? `${name} was updated` : `${name} is ${order.status}`
  return { tone: order.status === 'delivered' ? 'success' : 'info', text, href }
}
