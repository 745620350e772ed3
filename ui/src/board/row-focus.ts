/** The keyboard's way through rows of which only those in sight are in the page. */
export interface RowFocus {
  /** The order whose row has the focus; else the one that had it last, if it is still shown. */
  readonly current: () => string | null
  /** Moves the focus up or down; onto the first row where none had it. */
  readonly move: (step: 1 | -1) => void
}

/** Frames in which a row that was scrolled to must have come. */
const PATIENCE_FRAMES = 20

export function createRowFocus(deps: {
  readonly list: () => HTMLElement
  readonly shown: () => readonly string[]
  readonly scrollTo: (index: number) => void
}): RowFocus {
  let last: string | null = null
  /** The row of `last` is on its way: what has the focus is where the reader was before. */
  let isComing = false

  function current(): string | null {
    const row = isComing ? null : document.activeElement?.closest<HTMLElement>('[data-row]')
    last = row?.dataset.row ?? last
    return last !== null && deps.shown().includes(last) ? last : null
  }

  function focus(orderId: string, patience: number): void {
    if (last !== orderId) return
    const row = deps.list().querySelector(`[data-row="${CSS.escape(orderId)}"]`)
    const target = row?.querySelector<HTMLElement>('[data-open-order]')
    isComing = !target && patience > 0
    if (target) target.focus({ preventScroll: true })
    else if (isComing) requestAnimationFrame(() => focus(orderId, patience - 1))
  }

  return {
    current,
    move(step) {
      const from = current()
      const ids = deps.shown()
      const wanted = from === null ? 0 : ids.indexOf(from) + step
      const index = Math.max(0, Math.min(ids.length - 1, wanted))
      const orderId = ids[index]
      if (orderId === undefined) return
      last = orderId
      deps.scrollTo(index)
      focus(orderId, PATIENCE_FRAMES)
    },
  }
}

/** To be called before elements move in the page: one that has the focus would lose it by that. */
export function keepFocus(): void {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement)) return
  queueMicrotask(() => {
    const isLost = document.activeElement === document.body && focused.isConnected
    if (isLost) focused.focus({ preventScroll: true })
  })
}
