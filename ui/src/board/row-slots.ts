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
 * Owned, reactive: the rows in sight, in their order. An order keeps its row as long as it is in sight:
 * an open select must stay with it when rows move. A row whose order left shows one that came, which
 * writes some words where a new one would be built; not while somebody is on it.
 */
export function createRowSlots(
  inSight: () => readonly string[],
  isInUse: (slot: RowSlot) => boolean = isTouched,
): () => readonly RowSlot[] {
  return createMemo<readonly Slot[]>((before) => {
    const ids = inSight()
    const wanted = new Set(ids)
    const kept = new Map<string, Slot>()
    const free: Slot[] = []
    for (const slot of before) {
      const orderId = untrack(slot.orderId)
      if (wanted.has(orderId)) kept.set(orderId, slot)
      else if (!isInUse(slot)) free.push(slot)
    }
    return ids.map((id) => {
      const known = kept.get(id)
      if (known) return known
      const slot = free.shift() ?? openSlot(id)
      slot.show(id)
      return slot
    })
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
