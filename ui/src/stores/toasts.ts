import { createSignal } from 'solid-js'
import { systemClock, type Clock } from '../../client'

export type ToastTone = 'info' | 'success' | 'warning'

export interface ToastText {
  readonly tone: ToastTone
  readonly text: string
  readonly detail?: string
  /** Where a click on it leads. */
  readonly href?: string
}

export interface Toast extends ToastText {
  readonly id: number
}

export interface Toasts {
  /** Reactive, oldest first, at most `maxShown`: an older one makes room. */
  readonly shown: () => readonly Toast[]
  readonly show: (text: ToastText) => void
  readonly dismiss: (id: number) => void
  /** While the reader is on them they stay; afterwards each has its full time again. */
  readonly hold: () => void
  readonly release: () => void
  readonly clear: () => void
}

export interface ToastLimits {
  readonly maxShown: number
  readonly lifeMs: number
}

export const TOAST_LIMITS: ToastLimits = { maxShown: 5, lifeMs: 7_000 }

export function createToasts(
  { maxShown, lifeMs }: ToastLimits = TOAST_LIMITS,
  clock: Clock = systemClock,
): Toasts {
  const [shown, setShown] = createSignal<readonly Toast[]>([])
  /** What cancels the end of each toast's time. */
  const endings = new Map<number, () => void>()
  let lastId = 0
  let held = false

  function dismiss(id: number): void {
    endings.get(id)?.()
    endings.delete(id)
    setShown((toasts) => toasts.filter((toast) => toast.id !== id))
  }

  function startTime(id: number): void {
    endings.get(id)?.()
    if (!held)
      endings.set(
        id,
        clock.after(lifeMs, () => dismiss(id)),
      )
  }

  return {
    shown,
    show(text) {
      const toast = { ...text, id: ++lastId }
      setShown((toasts) => [...toasts, toast])
      for (const old of shown().slice(0, -maxShown)) dismiss(old.id)
      startTime(toast.id)
    },
    dismiss,
    hold() {
      held = true
      for (const end of endings.values()) end()
      endings.clear()
    },
    release() {
      held = false
      for (const toast of shown()) startTime(toast.id)
    },
    clear() {
      for (const toast of shown()) dismiss(toast.id)
    },
  }
}
