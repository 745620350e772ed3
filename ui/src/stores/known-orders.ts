import { batch, createSignal } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { foldInto } from '../../../server/protocol/fold'
import type { Order } from '../../../server/protocol/order'

/** An order that a fold has changed; `before` is what was known of it, if anything. */
export interface Change {
  readonly order: Order
  readonly before: Order | undefined
}

/**
 * The orders that this session knows of: the fold of everything that arrived, whatever brought it
 * (a snapshot, an event, the answer to a command) and in whatever order.
 */
export interface KnownOrders {
  /** Reactive. */
  readonly get: (orderId: string) => Order | undefined
  /** Reactive: ids of all known orders, newest order first. */
  readonly ids: () => readonly string[]
  /** As it is now, not reactive: for walks through all of them, which follow `revision`. */
  readonly peek: (orderId: string) => Order | undefined
  /** Reactive: another number whenever any order changed. */
  readonly revision: () => number
  /** All known orders as they are, not reactive. */
  readonly all: () => readonly Order[]
  /** Folds what came in and shows it in one step. Returns what it changed: versions that rose. */
  readonly fold: (incoming: readonly Order[]) => readonly Change[]
  /** Forgets everything else: a snapshot came, and nobody vouches for what it does not hold. */
  readonly reset: (snapshot: readonly Order[]) => void
}

export function createKnownOrders(): KnownOrders {
  const folded = new Map<string, Order>()
  const [byId, setById] = createStore<Record<string, Order>>({})
  const [ids, setIds] = createSignal<readonly string[]>([])
  const [revision, setRevision] = createSignal(0)

  return {
    get: (orderId) => byId[orderId],
    ids,
    peek: (orderId) => folded.get(orderId),
    revision,
    all: () => [...folded.values()],
    fold(incoming) {
      const before = new Map<string, Order | undefined>()
      for (const order of incoming) {
        const known = folded.get(order.orderId)
        if (foldInto(folded, order) && !before.has(order.orderId)) before.set(order.orderId, known)
      }
      const changes = [...before].map(([id, known]) => ({ order: folded.get(id)!, before: known }))
      const added = changes.filter((change) => !change.before).map((change) => change.order)
      batch(() => {
        for (const { order } of changes) setById(order.orderId, reconcile(shownCopy(order)))
        if (added.length > 0) setIds((known) => mergeNewestFirst(known, added, folded))
        if (changes.length > 0) setRevision((count) => count + 1)
      })
      return changes
    },
    reset(snapshot) {
      folded.clear()
      for (const order of snapshot) foldInto(folded, order)
      batch(() => {
        setById(reconcile(Object.fromEntries([...folded].map(([id, o]) => [id, shownCopy(o)]))))
        setIds([...folded.values()].sort(newestFirst).map((order) => order.orderId))
        setRevision((count) => count + 1)
      })
    },
  }
}

/** A store changes in place what it is given, and what a fold knows must not change. */
function shownCopy(order: Order): Order {
  return structuredClone(order)
}

/** As the server lists them: the newest order first, the id decides between equals. */
export function newestFirst(
  a: Pick<Order, 'orderId' | 'createdAt'>,
  b: Pick<Order, 'orderId' | 'createdAt'>,
): number {
  return compareText(b.createdAt, a.createdAt) || compareText(b.orderId, a.orderId)
}

/** `sorted` and `added` as one sorted list; one pass, however long the list has become. */
function mergeNewestFirst(
  sorted: readonly string[],
  added: readonly Order[],
  orders: ReadonlyMap<string, Order>,
): readonly string[] {
  const merged: string[] = []
  let next = 0
  for (const order of added.toSorted(newestFirst)) {
    while (next < sorted.length && newestFirst(orders.get(sorted[next]!)!, order) < 0) {
      merged.push(sorted[next++]!)
    }
    merged.push(order.orderId)
  }
  return merged.concat(sorted.slice(next))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
