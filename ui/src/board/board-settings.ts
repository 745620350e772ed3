import { createSignal } from 'solid-js'
import { kept } from '../stores/kept'

/** A switch of the board that is remembered in this browser. */
export interface Switch {
  /** Reactive. */
  readonly on: () => boolean
  readonly set: (on: boolean) => void
}

export function createSwitch(name: string, first: boolean): Switch {
  const memory = kept(localStorage, name, isBoolean)
  const [on, setOn] = createSignal(memory.read() ?? first)
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
