import { createEffect, createSignal, untrack } from 'solid-js'

/**
 * Keeps items back as long as their answer is awaited. Returns what takes an item, and says whether
 * it is kept back; `release` gets it as soon as it is not awaited any more. Owned.
 *
 * @param awaited reactive
 */
export function createUntilAnswered<Item>(
  awaited: (item: Item) => boolean,
  release: (item: Item) => void,
): (item: Item) => boolean {
  const [waiting, setWaiting] = createSignal<readonly Item[]>([])

  createEffect(() => {
    const answered = waiting().filter((item) => !awaited(item))
    if (answered.length === 0) return
    setWaiting((items) => items.filter((item) => !answered.includes(item)))
    untrack(() => answered.forEach(release))
  })

  return (item) => {
    const isAwaited = untrack(() => awaited(item))
    if (isAwaited) setWaiting((items) => [...items, item])
    return isAwaited
  }
}
