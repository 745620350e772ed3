import { createSignal, getListener, onCleanup } from 'solid-js'

/** Tells who looks at one order that this one has changed, and nobody else. */
export interface OrderSignals {
  /** Reactive. */
  readonly track: (orderId: string) => void
  readonly changed: (orderId: string) => void
  readonly allChanged: () => void
}

interface Watched {
  readonly track: () => void
  readonly changed: () => void
  watchers: number
}

/** Holds nothing of orders that nobody looks at, however many there are. */
export function createOrderSignals(): OrderSignals {
  const watched = new Map<string, Watched>()

  function watch(orderId: string): Watched {
    const known = watched.get(orderId)
    if (known) return known
    const [track, changed] = createSignal(undefined, { equals: false })
    const added = { track, changed, watchers: 0 }
    watched.set(orderId, added)
    return added
  }

  return {
    track(orderId) {
      if (!getListener()) return
      const order = watch(orderId)
      order.watchers++
      order.track()
      onCleanup(() => {
        if (--order.watchers === 0 && watched.get(orderId) === order) watched.delete(orderId)
      })
    },
    changed: (orderId) => watched.get(orderId)?.changed(),
    allChanged() {
      for (const { changed } of [...watched.values()]) changed()
    },
  }
}
