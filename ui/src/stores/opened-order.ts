import { batch, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { foldOrder } from '../../../server/protocol/fold'
import type { Order, OrderChange } from '../../../server/protocol/order'
import type { Api } from '../api'

/** One order with its history, as new as the newest event. */
export interface OpenedOrder {
  /** Reactive: undefined until it came. */
  readonly order: () => Order | undefined
  /** Reactive: oldest first; undefined until it came. */
  readonly history: () => readonly OrderChange[] | undefined
  /** Reactive: why the last attempt to load it failed; null when it did not, or is not over. */
  readonly error: () => unknown
  readonly retry: () => void
}

/**
 * Owned. What is known is shown at once; the history is loaded whenever the version rises, or a
 * snapshot came in the place of events.
 */
export function createOpenedOrder(deps: {
  readonly api: Pick<Api, 'order'>
  /** Reactive. */
  readonly orderId: () => string
  /** Reactive: the order as events and snapshots have it. */
  readonly known: (orderId: string) => Order | undefined
  /** Reactive: rises with each snapshot. */
  readonly snapshots: () => number
}): OpenedOrder {
  const { api, orderId, known, snapshots } = deps
  const [found, setFound] = createSignal<Order>()
  const [history, setHistory] = createSignal<readonly OrderChange[]>()
  const [error, setError] = createSignal<unknown>(null)
  const [asked, retry] = createSignal(undefined, { equals: false })

  createEffect(
    on(orderId, () =>
      batch(() => {
        setFound(undefined)
        setHistory(undefined)
      }),
    ),
  )
  createEffect(
    on([orderId, () => known(orderId())?.version, snapshots, asked], ([id]) => {
      let wanted = true
      onCleanup(() => (wanted = false))
      setError(null)
      api.order(id).then(
        ({ history: changes, ...order }) => {
          if (!wanted) return
          batch(() => {
            setFound(order)
            setHistory(changes)
          })
        },
        (failure: unknown) => {
          if (wanted) setError(failure)
        },
      )
    }),
  )

  return {
    order() {
      const [live, loaded] = [known(orderId()), found()]
      const same = loaded?.orderId === orderId() ? loaded : undefined
      return live && same ? foldOrder(live, same) : (live ?? same)
    },
    history,
    error,
    retry: () => retry(),
  }
}
