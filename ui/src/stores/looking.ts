import { createSignal, onCleanup } from 'solid-js'

/** Reactive: whether the tab is in sight. Owned. */
export function createLooking(): () => boolean {
  const isInSight = () => document.visibilityState === 'visible'
  const [looking, setLooking] = createSignal(isInSight())
  const follow = () => setLooking(isInSight())
  document.addEventListener('visibilitychange', follow)
  onCleanup(() => document.removeEventListener('visibilitychange', follow))
  return looking
}
