import { systemClock, type Clock } from '../../client'

/** Up to which version of each order something was claimed. */
export type Versions = Readonly<Record<string, number>>

/**
 * Claims that all tabs of the browser know of at once.
 *
 * The local storage alone cannot tell of them: Chromium gives each process a copy, and the copies agree
 * only a moment later. Which Web Locks are held is the same for every process at every moment. So a
 * claim stands in the *name* of a lock, which its tab holds until the copies agree; whoever comes next
 * reads the names that are held, and the storage for what was claimed before.
 *
 * What looks simpler, and is not enough: with a BroadcastChannel nobody knows when the last tab has
 * heard; an exclusive lock that is kept until the copies agree makes tabs of a busy shop wait for each
 * other without end; IndexedDB agrees at once, but is neither read nor emptied without waiting, as it
 * has to be where news come in and where somebody signs out.
 */
export interface TabClaims {
  /** Runs one after the other, in whatever tab. */
  readonly inTurn: <Result>(run: () => Promise<Result>) => Promise<Result>
  /** What was claimed lately, and may not be in this tab's copy of the storage. To be asked in turn. */
  readonly held: () => Promise<readonly Versions[]>
  /** Resolves as soon as every tab knows; by the time that it is held no more, all copies have it. */
  readonly hold: (claimed: Versions) => Promise<void>
}

export type Locks = Pick<LockManager, 'request' | 'query'>

const HELD_MS = 3_000

/** @param locks null where the browser has none: tabs know nothing of each other then */
export function createTabClaims(
  name: string,
  locks: Locks | null,
  clock: Clock = systemClock,
): TabClaims {
  if (!locks) return { inTurn: (run) => run(), held: async () => [], hold: async () => {} }
  const turn = `orderwire:${encodeURIComponent(name)}`
  const prefix = `${turn} `

  return {
    inTurn: async (run) => locks.request(turn, run),
    async held() {
      const { held = [] } = await locks.query()
      return held.flatMap(({ name: lock = '' }) =>
        lock.startsWith(prefix) ? [JSON.parse(lock.slice(prefix.length)) as Versions] : [],
      )
    },
    async hold(claimed) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const whileHeld = () =>
        new Promise<void>((letGo) => {
          resolve()
          clock.after(HELD_MS, letGo)
        })
      // Two tabs may claim the same after one another: neither waits for the other's name.
      locks.request(prefix + JSON.stringify(claimed), { mode: 'shared' }, whileHeld).catch(reject)
      await promise
    },
  }
}
