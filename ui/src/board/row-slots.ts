import { createMemo, createSignal, untrack } from 'solid-js'

/** A row of the page, and the order that it shows. */
export interface RowSlot {
  /** Reactive. */
  readonly orderId: () => string
  /** As the page has it; undefined until it does. */
  element?: HTMLElement
}

interface Slot extends RowSlot {
  readonly show: (orderId: string) => void
}

/**
 * Owned, reactive: the rows in sight, each as long as it is there at the same place of the list of
 * slots, whatever it shows. An order keeps its row as long as it is in sight: an open select must stay
 * with it when rows move. A row whose order left shows one that came, which writes some words where a
 * new one would be built; not while somebody is on it.
 */
export function createRowSlots(
  inSight: () => readonly string[],
  isInUse: (slot: RowSlot) => boolean = isTouched,
): () => readonly RowSlot[] {
  return createMemo<readonly Slot[]>((before) => {
    const coming = new Set(inSight())
    const kept = before.filter((slot) => coming.delete(untrack(slot.orderId)))
    const isKept = new Set(kept)
    const free = before.filter((slot) => !isKept.has(slot) && !isInUse(slot))
    const taken = new Set<Slot>()
    const opened: Slot[] = []
    for (const orderId of coming) {
      const slot = free.pop()
      if (slot) {
        slot.show(orderId)
        taken.add(slot)
      } else opened.push(openSlot(orderId))
    }
    return [...before.filter((slot) => isKept.has(slot) || taken.has(slot)), ...opened]
  }, [])
}

function openSlot(first: string): Slot {
  const [orderId, show] = createSignal(first)
  return { orderId, show }
}

/** What is pressed, or has the focus, is the row of this order and of no other. */
function isTouched({ element }: RowSlot): boolean {
  return element?.matches(':active, :focus-within') ?? false
}
