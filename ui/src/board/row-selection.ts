import { createEffect, createMemo, createSignal, on } from 'solid-js'
import { isSameList } from '../stores/sorted-ids'

/** The rows that the reader has ticked, each with the version that was seen then. */
export interface RowSelection {
  /** Reactive. */
  readonly has: (orderId: string) => boolean
  /** Reactive: those that are shown, as they are shown. */
  readonly ids: () => readonly string[]
  /** Of a ticked one. */
  readonly seenVersion: (orderId: string) => number | undefined
  /** @param extend from the row that was ticked or cleared before, all between them */
  readonly toggle: (orderId: string, extend?: boolean) => void
  /** Ticks all that are shown, or none if all are. */
  readonly toggleAll: () => void
  readonly clear: () => void
}

/**
 * Owned. What is no longer shown is no longer ticked: nothing is done to an order out of sight.
 * @param versionOf the version that is shown of an order
 */
export function createRowSelection(
  shown: () => readonly string[],
  versionOf: (orderId: string) => number,
): RowSelection {
  const [ticked, setTicked] = createSignal<ReadonlyMap<string, number>>(new Map())
  let last: string | null = null
  const ids = createMemo<readonly string[]>(
    () => {
      const known = ticked()
      return known.size === 0 ? [] : shown().filter((id) => known.has(id))
    },
    [],
    { equals: isSameList },
  )

  function set(orderIds: readonly string[], on: boolean): void {
    setTicked((known) => {
      const next = new Map(known)
      for (const id of orderIds) {
        if (!on) next.delete(id)
        else if (!next.has(id)) next.set(id, versionOf(id))
      }
      return next
    })
  }

  function between(from: string | null, to: string): readonly string[] {
    const [a, b] = [from === null ? -1 : shown().indexOf(from), shown().indexOf(to)]
    return a === -1 || b === -1 ? [to] : shown().slice(Math.min(a, b), Math.max(a, b) + 1)
  }

  createEffect(
    on(shown, () => {
      if (ids().length < ticked().size) {
        setTicked((known) => new Map(ids().map((id) => [id, known.get(id)!])))
      }
    }),
  )

  return {
    has: (orderId) => ticked().has(orderId),
    ids,
    seenVersion: (orderId) => ticked().get(orderId),
    toggle(orderId, extend = false) {
      const on = !ticked().has(orderId)
      set(extend ? between(last, orderId) : [orderId], on)
      last = orderId
    },
    toggleAll() {
      const all = ids().length === shown().length
      setTicked(new Map())
      if (!all) set(shown(), true)
      last = null
    },
    clear() {
      setTicked(new Map())
      last = null
    },
  }
}
