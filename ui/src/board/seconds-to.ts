import { createEffect, createSignal, onCleanup } from 'solid-js'

const LOOK_EVERY_MS = 200

/** Owned. Reactive: whole seconds from now to a point in time, never less than none. */
export function createSecondsTo(at: () => number): () => number {
  const [now, setNow] = createSignal(Date.now())
  createEffect(() => {
    at()
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), LOOK_EVERY_MS)
    onCleanup(() => clearInterval(timer))
  })
  return () => Math.max(0, Math.ceil((at() - now()) / 1_000))
}
