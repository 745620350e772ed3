import type { Clock } from '../clock'

export interface VirtualClock extends Clock {
  /** Lets time pass: runs what falls due, in order, and everything that follows from it. */
  advance(ms: number): Promise<void>
}

/** Lets promises settle that wait for nothing but each other. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export function createVirtualClock(): VirtualClock {
  let now = 1_700_000_000_000
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const until = now + ms
      for (;;) {
        await settled()
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        now = Math.max(now, due.at)
        due.run()
      }
      now = until
    },
  }
}
