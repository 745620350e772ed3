import { createComputed, createSignal, on, onCleanup, untrack } from 'solid-js'
import { systemClock, type Clock } from '../../client'

/** So many changes in quick succession are shown as they come; of more, one a second. */
const AT_ONCE = 4
const EVERY_MS = 1_000

/**
 * Owned, reactive: a list that moves no more than a reader can follow, or a pointer can hit. What a
 * row shows changes at once all the same: only which rows there are, and in what order, is slowed.
 * @param reader reactive: what the reader asked for; what follows from that is shown at once
 */
export function createCalmList(
  list: () => readonly string[],
  reader: () => unknown,
  clock: Clock = systemClock,
): () => readonly string[] {
  const [shown, setShown] = createSignal<readonly string[]>([])
  let free = AT_ONCE
  let countedAt = clock.now()
  let cancel: (() => void) | null = null

  function show(): void {
    cancel?.()
    cancel = null
    setShown(untrack(list))
  }
  function count(): void {
    const now = clock.now()
    // A clock that was set back counts nothing.
    free = Math.min(AT_ONCE, free + Math.max(0, now - countedAt) / EVERY_MS)
    countedAt = now
  }
  function follow(): void {
    if (cancel) return
    count()
    if (free < 1) {
      cancel = clock.after((1 - free) * EVERY_MS, () => {
        free = 0
        countedAt = clock.now()
        show()
      })
      return
    }
    free -= 1
    show()
  }

  createComputed(on(reader, show))
  createComputed(on(list, follow, { defer: true }))
  onCleanup(() => cancel?.())
  return shown
}
