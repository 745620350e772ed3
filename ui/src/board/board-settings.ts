import { createSignal, onCleanup } from 'solid-js'
import { browserStorage } from '../stores/guarded-storage'
import { kept } from '../stores/kept'

/** A switch of the board that is remembered in this browser. */
export interface Switch {
  /** Reactive. */
  readonly on: () => boolean
  readonly set: (on: boolean) => void
}

/** Owned: follows other tabs, in which it is the same switch. */
export function createSwitch(name: string, first: boolean): Switch {
  const memory = kept(browserStorage, name, isBoolean)
  const [on, setOn] = createSignal(memory.read() ?? first)
  const follow = () => setOn(memory.read() ?? first)
  window.addEventListener('storage', follow)
  onCleanup(() => window.removeEventListener('storage', follow))
  return {
    on,
    set(next) {
      memory.write(next)
      setOn(next)
    },
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
