import { createSignal } from 'solid-js'
import { systemClock, type Clock } from '../../client'

export type ToastTone = 'info' | 'success' | 'warning'

/** Toasts that tell the same of different orders: many of them at once become one that counts. */
export interface ToastKind {
  readonly name: string
  /** E.g. `8 new orders`. */
  readonly many: (amount: number) => string
  /** Where a click on it leads, when it stands for many. */
  readonly href?: string
}

export interface ToastText {
  readonly tone: ToastTone
  readonly text: string
  readonly detail?: string | undefined
  /** Where a click on it leads. */
  readonly href?: string | undefined
  readonly kind?: ToastKind
}

export interface Toast extends ToastText {
  readonly id: number
  /** How many it stands for. */
  readonly amount: number
}

/** Why toasts stay: the reader is on them, or the tab is out of sight. */
export type Holder = 'reader' | 'tab'

export interface Toasts {
  /** Reactive, oldest first, at most `maxKept`: an older one makes room. */
  readonly shown: () => readonly Toast[]
  /** Reactive: how many of the oldest are out of sight, so that at most `maxApart` are in it. */
  readonly folded: () => number
  /** Brings all of them into sight, until they are few again. */
  readonly unfold: () => void
  readonly show: (text: ToastText) => void
  readonly dismiss: (id: number) => void
  /** They stay until each that holds them has released them; then each has its full time again. */
  readonly hold: (by: Holder) => void
  readonly release: (by: Holder) => void
  readonly clear: () => void
}

export interface ToastLimits {
  readonly maxKept: number
  /** More of one kind than this are told as a number, and no more than this are in sight. */
  readonly maxApart: number
  readonly lifeMs: number
}

export const TOAST_LIMITS: ToastLimits = { maxKept: 12, maxApart: 3, lifeMs: 7_000 }

export function createToasts(
  { maxKept, maxApart, lifeMs }: ToastLimits = TOAST_LIMITS,
  clock: Clock = systemClock,
): Toasts {
  const [shown, setShown] = createSignal<readonly Toast[]>([])
  /** What cancels the end of each toast's time. */
  const endings = new Map<number, () => void>()
  const [unfolded, setUnfolded] = createSignal(false)
  const holders = new Set<Holder>()
  let lastId = 0

  function dismiss(id: number): void {
    endings.get(id)?.()
    endings.delete(id)
    const left = setShown((toasts) => toasts.filter((toast) => toast.id !== id))
    if (left.length <= maxApart) setUnfolded(false)
    // Nobody leaves what is not there any more.
    if (left.length === 0) holders.delete('reader')
  }

  function startTime(id: number): void {
    endings.get(id)?.()
    if (holders.size === 0)
      endings.set(
        id,
        clock.after(lifeMs, () => dismiss(id)),
      )
  }

  /** A toast of its own, or the one in which its kind is counted; those counted go. */
  function joined(text: ToastText): Toast {
    const same = shown().filter(({ kind }) => kind && kind.name === text.kind?.name)
    const amount = same.reduce((sum, toast) => sum + toast.amount, 1)
    if (!text.kind || amount <= maxApart) return { ...text, id: ++lastId, amount: 1 }
    const counting = same.find((toast) => toast.amount > 1)
    for (const { id } of same) if (id !== counting?.id) dismiss(id)
    const { tone, kind } = text
    const id = counting?.id ?? ++lastId
    return { tone, kind, text: kind.many(amount), href: kind.href, id, amount }
  }

  return {
    shown,
    folded: () => (unfolded() ? 0 : Math.max(0, shown().length - maxApart)),
    unfold: () => void setUnfolded(true),
    show(text) {
      const toast = joined(text)
      setShown((toasts) =>
        toasts.some(({ id }) => id === toast.id)
          ? toasts.map((known) => (known.id === toast.id ? toast : known))
          : [...toasts, toast],
      )
      for (const old of shown().slice(0, -maxKept)) dismiss(old.id)
      startTime(toast.id)
    },
    dismiss,
    hold(by) {
      holders.add(by)
      for (const end of endings.values()) end()
      endings.clear()
    },
    release(by) {
      if (!holders.delete(by) || holders.size > 0) return
      for (const toast of shown()) startTime(toast.id)
    },
    clear() {
      for (const toast of shown()) dismiss(toast.id)
    },
  }
}
