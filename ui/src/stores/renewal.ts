import { systemClock, type Clock } from '../../client'
import type { Api } from '../api'
import type { Session } from './session'

const LOCK = 'orderwire:renewal'
/** Tabs' copies of the storage come to agree a little later: so long a new token is given to spread, */
const HEARD_MS = 500
/** and so long whoever waited for it is given to hear of it. */
const LISTEN_MS = 50

/**
 * Resolves to a token that is not `old`, of the same person: one that another tab has got meanwhile,
 * else a new one of the demo, asked for once a browser. Null where there is none. Rejects when the
 * server cannot be asked.
 */
export type Renew = (old: string) => Promise<string | null>

/** @param locks null where the browser has none: each tab renews by itself then */
export function createRenewal(deps: {
  readonly session: Session
  readonly api: Pick<Api, 'signIn'>
  readonly locks: Pick<LockManager, 'request'> | null
  readonly clock?: Clock
}): Renew {
  const { session, api, locks, clock = systemClock } = deps

  async function renew(old: string): Promise<string | null> {
    session.follow()
    const who = session.identity()
    if (!who) return null
    if (who.token !== old) return who.token
    if (!who.demo) return null
    const token = await api.signIn(who.name, who.role)
    // Whoever signed out meanwhile stays so.
    if (session.token() === old) session.renew(token)
    return session.token()
  }

  const pause = (ms: number) => new Promise<void>((over) => void clock.after(ms, over))

  /** The lock is kept a little longer than the answer takes, which nobody waits for. */
  return async (old) => {
    if (!locks) return renew(old)
    const { promise, resolve, reject } = Promise.withResolvers<string | null>()
    const kept = locks.request(LOCK, async () => {
      await pause(LISTEN_MS)
      const renewed = await renew(old)
      resolve(renewed)
      if (renewed !== null) await pause(HEARD_MS)
    })
    kept.catch(reject)
    return promise
  }
}
