/**
 * What the platform says about itself: the network is back or gone, the page is looked at, or hidden
 * and maybe about to end.
 */
export type WakeUp = 'online' | 'offline' | 'visible' | 'hidden'

/** Starts to listen, and says at once if the network is gone. Returns what stops it. */
export type WakeUps = (listener: (wakeUp: WakeUp) => void) => () => void

/** The browser's events; outside of browsers there are none. */
export const browserWakeUps: WakeUps = (listener) => {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {}
  const stopping = new AbortController()
  const { signal } = stopping
  window.addEventListener('online', () => listener('online'), { signal })
  window.addEventListener('offline', () => listener('offline'), { signal })
  // Back from the back/forward cache: sockets are gone, and not every browser says so.
  window.addEventListener('pageshow', () => listener('visible'), { signal })
  window.addEventListener('pagehide', () => listener('hidden'), { signal })
  document.addEventListener(
    'visibilitychange',
    () => listener(document.visibilityState === 'visible' ? 'visible' : 'hidden'),
    { signal },
  )
  if (!navigator.onLine) listener('offline')
  return () => stopping.abort()
}
