import { batch, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { foldOrder } from '../../../server/protocol/fold'
import type { Order, OrderChange } from '../../../server/protocol/order'
import type { Api } from '../api'
import type { Board } from '../stores/board'

/** One order with its history, as new as the newest event. */
export interface OpenedOrder {
  /** Reactive: undefined until it came. */
  readonly order: () => Order | undefined
  /** Reactive: oldest first; undefined until it came. */
  readonly history: () => readonly OrderChange[] | undefined
  /** Reactive: why it could not be loaded; null when it could. */
  readonly error: () => unknown
  readonly retry: () => void
}

/** Owned. What the board knows is shown at once; the history is loaded whenever the version rises. */
export function createOpenedOrder(
  board: Pick<Board, 'get'>,
  api: Pick<Api, 'order'>,
  orderId: () => string,
): OpenedOrder {
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
    on([orderId, () => board.get(orderId())?.version, asked], ([id]) => {
      let wanted = true
      onCleanup(() => (wanted = false))
      api.order(id).then(
        ({ history: changes, ...order }) => {
          if (!wanted) return
          batch(() => {
            setFound(order)
            setHistory(changes)
            setError(null)
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
      const [live, loaded] = [board.get(orderId()), found()]
      const same = loaded?.orderId === orderId() ? loaded : undefined
      return live && same ? foldOrder(live, same) : (live ?? same)
    },
    history,
    error,
    retry: () => retry(),
  }
}
