import { createMemo, createSignal } from 'solid-js'
import type { DeadLetter } from '../api'

/** Which of the letters that are shown are chosen, to be sent back together. */
export interface Selection {
  /** Reactive, in the order of the list. */
  readonly chosen: () => readonly DeadLetter[]
  readonly has: (id: string) => boolean
  readonly choose: (ids: readonly string[], chosen: boolean) => void
  readonly clear: () => void
}

/** Owned. @param shown reactive: what is not shown is not chosen, whatever was before */
export function createSelection(shown: () => readonly DeadLetter[] | undefined): Selection {
  const [ids, setIds] = createSignal<ReadonlySet<string>>(new Set())
  const chosen = createMemo(() => (shown() ?? []).filter(({ id }) => ids().has(id)))
  return {
    chosen,
    has: (id) => ids().has(id),
    choose(some, isChosen) {
      const next = new Set(ids())
      for (const id of some) {
        if (isChosen) next.add(id)
        else next.delete(id)
      }
      setIds(next)
    },
    clear: () => void setIds(new Set<string>()),
  }
}
