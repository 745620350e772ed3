import { createEffect, createSignal, onCleanup } from 'solid-js'

const STEP_MS = 500

/** Reactive: milliseconds since the epoch, moving while `running`. Owned. */
export function createNow(running: () => boolean): () => number {
  const [now, setNow] = createSignal(Date.now())
  createEffect(() => {
    if (!running()) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), STEP_MS)
    onCleanup(() => clearInterval(timer))
  })
  return now
}
