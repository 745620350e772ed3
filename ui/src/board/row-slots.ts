import { createMemo, createSignal, onCleanup, untrack } from 'solid-js'

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

/** Calls back once, when the page has nothing else to do. Returns what cancels it. */
type WhenIdle = (work: () => void) => () => void

/**
 * Owned, reactive: the rows in sight, in the order in which they stand in the page. An order keeps its
 * row as long as it is in sight: an open select must stay with it when rows move. A row whose order left
 * shows one that came, which writes some words where a new one would be built; not while somebody is on it.
 *
 * What people see is where a row is put; where it stands among the others tells only keys and screen
 * readers what comes next. To move it there is to build it anew, so it waits for a quiet moment.
 */
export function createRowSlots(
  inSight: () => readonly string[],
  isInUse: (slot: RowSlot) => boolean = isTouched,
  whenIdle: WhenIdle = browserIdle,
): () => readonly RowSlot[] {
  const [turn, nextTurn] = createSignal(undefined, { equals: false })
  let mayMove = false
  let cancel: (() => void) | null = null
  onCleanup(() => cancel?.())

  function moveLater(): void {
    cancel ??= whenIdle(() => {
      cancel = null
      mayMove = true
      nextTurn()
    })
  }

  return createMemo<readonly Slot[]>((before) => {
    turn()
    const ids = inSight()
    const slots = fill(before, ids, isInUse)
    const moves = mayMove
    mayMove = false
    if (isInOrder(slots, ids)) return slots
    if (!moves) {
      moveLater()
      return slots
    }
    const bySight = new Map(slots.map((slot) => [untrack(slot.orderId), slot]))
    return ids.map((id) => bySight.get(id)!)
  }, [])
}

/** Shows these orders in the rows that there are, which stay where they stand. */
function fill(
  before: readonly Slot[],
  ids: readonly string[],
  isInUse: (slot: RowSlot) => boolean,
): readonly Slot[] {
  const known = new Set(before.map((slot) => untrack(slot.orderId)))
  const inSight = new Set(ids)
  const coming = ids.filter((id) => !known.has(id)).values()
  const slots = before.filter((slot) => {
    if (inSight.has(untrack(slot.orderId))) return true
    const next = isInUse(slot) ? undefined : coming.next().value
    if (next !== undefined) slot.show(next)
    return next !== undefined
  })
  return [...slots, ...Array.from(coming, openSlot)]
}

function isInOrder(slots: readonly Slot[], ids: readonly string[]): boolean {
  return slots.every((slot, index) => untrack(slot.orderId) === ids[index])
}

function openSlot(first: string): Slot {
  const [orderId, show] = createSignal(first)
  return { orderId, show }
}

/** What is pressed, or has the focus, is the row of this order and of no other. */
function isTouched({ element }: RowSlot): boolean {
  return element?.matches(':active, :focus-within') ?? false
}

/** Under a load that never ends it is once a second. */
const IDLE_MS = 1_000
const AGAIN_MS = 200

function browserIdle(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  function run(): void {
    if (isHeld()) timer = setTimeout(run, AGAIN_MS)
    else work()
  }
  // Not every browser has it.
  const asks = 'requestIdleCallback' in window
  const asked = asks ? requestIdleCallback(run, { timeout: IDLE_MS }) : 0
  if (!asks) timer = setTimeout(run, IDLE_MS)
  return () => {
    if (asks) cancelIdleCallback(asked)
    clearTimeout(timer)
  }
}

/** What is moved in the page while it is pressed is not clicked, and a list of choices closes. */
function isHeld(): boolean {
  return document.querySelector('[data-row]:active, [data-row] select:focus') !== null
}
