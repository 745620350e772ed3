import { createEffect, on, onCleanup } from 'solid-js'
import type { Toasts } from '../stores/toasts'

/** Owned; for the `ref` of the list of toasts. While the pointer or the focus is on one, they stay. */
export function stayWhileOn(list: HTMLElement, toasts: Toasts): void {
  const hold = () => toasts.hold('reader')
  function releaseUnlessOn(): void {
    if (!list.matches(':hover, :focus-within')) toasts.release('reader')
  }
  // Where the focus goes is known a moment later.
  const releaseSoon = () => queueMicrotask(releaseUnlessOn)
  list.addEventListener('pointermove', hold)
  list.addEventListener('pointerleave', releaseSoon)
  list.addEventListener('focusin', hold)
  list.addEventListener('focusout', releaseSoon)
  // One that is closed takes the focus with it, and no event tells of that.
  createEffect(on(toasts.shown, releaseSoon, { defer: true }))
  onCleanup(() => toasts.release('reader'))
}
