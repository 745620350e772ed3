import { systemClock, type Clock } from '../../client'
import type { Api } from '../api'
import { Problem } from '../problem'
import type { Session } from './session'

const LOCK = 'orderwire:renewal'
/** Tabs' copies of the storage come to agree a little later: so long a new token is given to spread, */
const HEARD_MS = 500
/** and so long whoever waited for it is given to hear of it. */
const LISTEN_MS = 50
/** As the server answers once it has no demo sign-in, or has it for others. */
const REFUSALS: readonly number[] = [400, 401, 403, 404]

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
    const token = await api.signIn(who.name, who.role).catch(nullWhereRefused)
    if (token === null) return null
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

/** The server gives no token any more. What failed otherwise may go well another time. */
function nullWhereRefused(failure: unknown): null {
  if (failure instanceof Problem && REFUSALS.includes(failure.status)) return null
  throw failure
}

/**
 * What to do about a token that was refused: the demo gives a new one at any time, elsewhere it is the
 * end of the session. Nobody is signed out where that cannot be asked: what needs a token then fails by
 * itself, and asks again when it is tried again. Never rejects.
 */
export function createRenewalOrEnd(
  session: Pick<Session, 'token' | 'signOut'>,
  renew: Renew,
): (refused: string) => Promise<void> {
  return async (refused) => {
    if (session.token() !== refused) return
    const renewed = await renew(refused).catch(() => undefined)
    if (renewed === null && session.token() === refused) session.signOut('refused')
  }
}
