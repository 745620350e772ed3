import { createMemo, createSignal } from 'solid-js'

/** Rows that wait above the reader's place, so that what is read does not move away. */
export interface HeldRows {
  /** Reactive: the rows to show. */
  readonly shown: () => readonly string[]
  /** Reactive: how many newer ones wait above. */
  readonly held: () => number
  /** The reader left the top of the list. */
  readonly hold: () => void
  /** The reader is at the top, or looks at another list. */
  readonly release: () => void
}

/** Owned. @param ids newest first */
export function createHeldRows(ids: () => readonly string[]): HeldRows {
  const [top, setTop] = createSignal<string | null>(null)
  const held = createMemo(() => {
    const id = top()
    return id === null ? 0 : Math.max(0, ids().indexOf(id))
  })
  const shown = createMemo(() => (held() === 0 ? ids() : ids().slice(held())))
  return {
    shown,
    held,
    hold: () => setTop((known) => known ?? ids()[0] ?? null),
    release: () => setTop(null),
  }
}
