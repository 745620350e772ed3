import { onCleanup } from 'solid-js'

/** Owned: does `work` again and again while the page is looked at, and when it is looked at again. */
export function createRefreshing(work: () => Promise<void>, everyMs: number): void {
  const look = () => {
    if (document.visibilityState === 'visible') void work()
  }
  const timer = setInterval(look, everyMs)
  document.addEventListener('visibilitychange', look)
  window.addEventListener('online', look)
  onCleanup(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    window.removeEventListener('online', look)
  })
}
