import { createSignal } from 'solid-js'
import { browserStorage } from '../stores/guarded-storage'
import type { KeptStorage } from '../stores/kept'
import { createFollowing } from '../stores/other-tabs'

/** A switch of the board that is remembered in this browser. */
export interface Switch {
  /** Reactive. */
  readonly on: () => boolean
  readonly set: (on: boolean) => void
}

/**
 * Owned: follows other tabs, in which it is the same switch. It belongs to the browser, whoever is
 * signed in: its name is none of those that a sign-out drops.
 */
export function createSwitch(
  name: string,
  first: boolean,
  storage: KeptStorage = browserStorage,
): Switch {
  const key = `orderwire-${name}`
  const read = () => {
    const kept = storage.getItem(key)
    return kept === null ? first : kept === 'on'
  }
  const [on, setOn] = createSignal(read())
  createFollowing(() => setOn(read()))
  return {
    on,
    set(next) {
      storage.setItem(key, next ? 'on' : 'off')
      setOn(next)
    },
  }
}
