import { batch, createSignal } from 'solid-js'
import { foldInto } from '../../../server/protocol/fold'
import type { Order } from '../../../server/protocol/order'
import { createOrderSignals } from './order-signals'
import { insertIds } from './sorted-ids'

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
  /** Reactive: another object for each version. */
  readonly get: (orderId: string) => Order | undefined
  /** Reactive: ids of all known orders, newest order first. */
  readonly ids: () => readonly string[]
  /** As it is now, not reactive: for walks through all of them, which follow `revision`. */
  readonly peek: (orderId: string) => Order | undefined
  /** Reactive: a higher number whenever any order changed. */
  readonly revision: () => number
  /** What changed after a revision, each order once; null where that is not known any more. */
  readonly changesSince: (revision: number) => readonly Change[] | null
  /** All known orders as they are, not reactive. */
  readonly all: () => readonly Order[]
  /** Folds what came in and shows it in one step. Returns what it changed: versions that rose. */
  readonly fold: (incoming: readonly Order[]) => readonly Change[]
  /** Forgets everything else: a snapshot came, and nobody vouches for what it does not hold. */
  readonly reset: (snapshot: readonly Order[]) => void
}

/** Folds of which it is remembered what they changed. */
const REMEMBERED_FOLDS = 20

export function createKnownOrders(): KnownOrders {
  const folded = new Map<string, Order>()
  const signals = createOrderSignals()
  const [ids, setIds] = createSignal<readonly string[]>([])
  const [revision, setRevision] = createSignal(0)
  /** What the newest revisions changed, the newest last. */
  let folds: (readonly Change[])[] = []
  let newest = 0
  const peek = (orderId: string) => folded.get(orderId)

  function show(changes: readonly Change[]): void {
    // When an order was placed can be provisional, where it became known by a later change first.
    const moved = changes.filter(({ order, before }) => !before || newestFirst(before, order) !== 0)
    const gone = new Set(moved.flatMap(({ before }) => before?.orderId ?? []))
    const placed = moved.map(({ order }) => order)
    folds.push(changes)
    if (folds.length > REMEMBERED_FOLDS) folds.shift()
    newest++
    batch(() => {
      for (const { order } of changes) signals.changed(order.orderId)
      setIds((known) => {
        const rest = gone.size > 0 ? known.filter((id) => !gone.has(id)) : known
        return insertIds(rest, placed, newestFirst, (id) => folded.get(id)!)
      })
      setRevision(newest)
    })
  }

  return {
    get(orderId) {
      signals.track(orderId)
      return folded.get(orderId)
    },
    ids,
    peek,
    revision,
    changesSince(since) {
      if (newest - since > folds.length) return null
      const changes = new Map<string, Change>()
      for (const { order, before } of folds.slice(folds.length - (newest - since)).flat()) {
        const known = changes.get(order.orderId)
        changes.set(order.orderId, { order, before: known ? known.before : before })
      }
      return [...changes.values()]
    },
    all: () => [...folded.values()],
    fold(incoming) {
      const before = new Map<string, Order | undefined>()
      for (const order of incoming) {
        const known = folded.get(order.orderId)
        if (foldInto(folded, order) && !before.has(order.orderId)) before.set(order.orderId, known)
      }
      const changes = [...before].map(([id, known]) => ({ order: folded.get(id)!, before: known }))
      if (changes.length > 0) show(changes)
      return changes
    },
    reset(snapshot) {
      folded.clear()
      for (const order of snapshot) foldInto(folded, order)
      folds = []
      newest++
      batch(() => {
        signals.allChanged()
        setIds([...folded.values()].sort(newestFirst).map((order) => order.orderId))
        setRevision(newest)
      })
    },
  }
}

/** As the server lists them: the newest order first, the id decides between equals. */
export function newestFirst(
  a: Pick<Order, 'orderId' | 'createdAt'>,
  b: Pick<Order, 'orderId' | 'createdAt'>,
): number {
  return compareText(b.createdAt, a.createdAt) || compareText(b.orderId, a.orderId)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
