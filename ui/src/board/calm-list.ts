import { createComputed, createSignal, on, onCleanup, untrack } from 'solid-js'
import { systemClock, type Clock } from '../../client'

/** So many moves in quick succession are shown as they come, */
const AT_ONCE = 4
/** and one more each time that this has passed. */
const EVERY_MS = 250
/** More orders than these at once count as several moves: nothing that is read would stay in sight. */
const ORDERS_A_MOVE = 8

/**
 * Owned, reactive: a list that moves no more than a reader can follow, or a pointer can hit: four times
 * a second, and in a rush once. What a row shows changes at once all the same: only which rows there
 * are, and in what order, is slowed.
 * @param reader reactive: what the reader asked for; what follows from that is shown at once
 */
export function createCalmList(
  list: () => readonly string[],
  reader: () => unknown,
  clock: Clock = systemClock,
): () => readonly string[] {
  const [shown, setShown] = createSignal<readonly string[]>([])
  let moves = AT_ONCE
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
    moves = Math.min(AT_ONCE, moves + Math.max(0, now - countedAt) / EVERY_MS)
    countedAt = now
  }
  function follow(): void {
    if (cancel) return
    count()
    const orders = Math.abs(untrack(list).length - untrack(shown).length)
    const needed = Math.min(AT_ONCE, Math.max(1, orders / ORDERS_A_MOVE))
    if (moves < needed) {
      cancel = clock.after(Math.ceil((needed - moves) * EVERY_MS), () => {
        cancel = null
        follow()
      })
      return
    }
    moves -= needed
    show()
  }

  createComputed(on(reader, show))
  createComputed(on(list, follow, { defer: true }))
  onCleanup(() => cancel?.())
  return shown
}
