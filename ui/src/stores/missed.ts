import { createSignal } from 'solid-js'
import { kept, type KeptStorage } from './kept'

/** Orders that changed while nobody looked, until somebody looks at them; it outlives a reload. */
export interface Missed {
  /** Reactive. */
  readonly ids: () => ReadonlySet<string>
  readonly add: (orderIds: readonly string[]) => void
  readonly look: (orderId: string) => void
  /** Another tab has changed it: this one shows the same. */
  readonly follow: () => void
}

/** Beyond it the oldest are forgotten. */
const REMEMBERED = 500

/** Under which name is kept what a person missed. */
export const missedName = (subject: string) => `missed:${subject}`

/** @param subject who missed it */
export function createMissed(storage: KeptStorage, subject: string): Missed {
  const memory = kept(storage, missedName(subject), isIds)
  const [ids, setIds] = createSignal<ReadonlySet<string>>(new Set(memory.read()))

  /** Another tab may have written meanwhile: what it knows is changed, not what was known here. */
  function change(to: (known: readonly string[]) => readonly string[]): void {
    const next = to(memory.read() ?? []).slice(-REMEMBERED)
    if (next.length === 0) memory.drop()
    else memory.write(next)
    setIds(new Set(next))
  }

  return {
    ids,
    add(orderIds) {
      if (orderIds.length === 0) return
      change((known) => [...new Set([...known, ...orderIds])])
    },
    look: (orderId) => change((known) => known.filter((id) => id !== orderId)),
    follow() {
      setIds(new Set(memory.read()))
    },
  }
}

function isIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string')
}
