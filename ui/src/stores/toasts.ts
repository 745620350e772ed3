import { createSignal } from 'solid-js'

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

export function createToasts({ maxShown, lifeMs }: ToastLimits = TOAST_LIMITS): Toasts {
  const [shown, setShown] = createSignal<readonly Toast[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let lastId = 0
  let held = false

  function dismiss(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    setShown((toasts) => toasts.filter((toast) => toast.id !== id))
  }

  function startTimer(id: number): void {
    clearTimeout(timers.get(id))
    if (!held)
      timers.set(
        id,
        setTimeout(() => dismiss(id), lifeMs),
      )
  }

  return {
    shown,
    show(text) {
      const toast = { ...text, id: ++lastId }
      setShown((toasts) => [...toasts, toast])
      for (const old of shown().slice(0, -maxShown)) dismiss(old.id)
      startTimer(toast.id)
    },
    dismiss,
    hold() {
      held = true
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
    release() {
      held = false
      for (const toast of shown()) startTimer(toast.id)
    },
    clear() {
      for (const toast of shown()) dismiss(toast.id)
    },
  }
}
