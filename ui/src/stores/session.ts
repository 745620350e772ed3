import { createMemo, createSignal } from 'solid-js'
import type { Role } from '../api'
import { cartName } from './cart'
import { dropAllKept, kept, type KeptStorage } from './kept'
import { missedName } from './missed'
import { toldName } from './told'

/** Who is signed in here, and with what. */
export interface Identity {
  readonly token: string
  /** `sub` of the token: whose orders these are. */
  readonly subject: string
  /** What to call them. */
  readonly name: string
  /** What the views offer; the server decides what is allowed. */
  readonly role: Role
  /** From the demo sign-in, which gives a new token for the name at any time. */
  readonly demo: boolean
}

/** Why nobody is signed in any more, when they did not choose so. */
export type EndReason = 'refused'

const END = 'ended'

export interface Session {
  /** Reactive. */
  readonly identity: () => Identity | null
  readonly token: () => string | null
  /** Reactive: changes with the person or their role, not with a renewed token. Null: nobody. */
  readonly key: () => string | null
  /** Reactive: why the last session ended without a sign-out. */
  readonly ended: () => EndReason | null
  readonly signIn: (identity: Identity) => void
  /** A newer token of the same person; one of another person is ignored. */
  readonly renew: (token: string) => void
  /** Ends the session and drops what was kept for it; a refused one leaves what the bearer goes on with. */
  readonly signOut: (reason?: EndReason) => void
  /** Another tab has signed in or out: this one does the same. */
  readonly follow: () => void
}

/** What a token says about its bearer, unverified: the server verifies, this only names. */
export interface TokenClaims {
  readonly subject: string
  readonly name: string
  /** Seconds since the epoch, null for a token without an end. */
  readonly expiresAt: number | null
}

/** Owned. @param now milliseconds since the epoch */
export function createSession(storage: KeptStorage, now: () => number = Date.now): Session {
  const keptIdentity = kept(storage, 'session', isIdentity)
  /** Outlives a reload, and says to other tabs why the session is gone. */
  const keptEnd = kept(storage, END, isEndReason)
  const [ended, setEnded] = createSignal<EndReason | null>(keptEnd.read())
  const [identity, setIdentity] = createSignal<Identity | null>(restore())
  const key = createMemo(() => {
    const who = identity()
    return who && `${who.role}:${who.subject}`
  })

  function restore(): Identity | null {
    const restored = keptIdentity.read()
    if (restored === null) return null
    if (!hasExpired(restored)) return restored
    end('refused')
    drop('refused', restored)
    return null
  }

  function end(reason: EndReason | null): void {
    if (reason === null) keptEnd.drop()
    else keptEnd.write(reason)
    setEnded(reason)
  }

  /** Whoever did not choose to leave finds cart and marks again, and is told what happens until then. */
  function drop(reason: EndReason | null, who: Identity | null): void {
    const stay = [END, ...namesOf(who?.subject ?? null)]
    dropAllKept(storage, (name) => reason !== null && stay.includes(name))
  }

  function signOut(reason?: EndReason): void {
    const who = identity()
    // A token that another tab has got meanwhile may be good: that is no end.
    if (reason === 'refused' && follow()) return
    end(reason ?? null)
    setIdentity(null)
    // Last: what lives by the session ends with it, and may write before it does.
    drop(reason ?? null, who)
  }

  /** Returns whether another tab had signed somebody in, or renewed the token. */
  function follow(): boolean {
    const [known, current] = [keptIdentity.read(), identity()]
    if (known?.token === current?.token) return false
    setEnded(keptEnd.read())
    setIdentity(known)
    return known !== null
  }

  function hasExpired({ token }: Identity): boolean {
    const { expiresAt } = readToken(token) ?? {}
    return expiresAt != null && expiresAt * 1_000 <= now()
  }

  return {
    identity,
    follow: () => void follow(),
    token: () => identity()?.token ?? null,
    key,
    ended,
    signIn(next) {
      if (identity()) signOut()
      const own = [cartName(null), ...namesOf(next.subject)]
      dropAllKept(storage, (name) => own.includes(name))
      keptIdentity.write(next)
      end(null)
      setIdentity(next)
    },
    renew(token) {
      const current = identity()
      if (!current || readToken(token)?.subject !== current.subject) return
      const next = { ...current, token }
      keptIdentity.write(next)
      setIdentity(next)
    },
    signOut,
  }
}

/** What of a person outlives a session that they did not end. */
function namesOf(subject: string | null): readonly string[] {
  if (subject === null) return [cartName(null)]
  return [cartName(subject), toldName('orders', subject), missedName(subject)]
}

function isEndReason(value: unknown): value is EndReason {
  return value === 'refused'
}

/**
 * The newest token of one bearer, also right after their session has ended, and whoever is signed in
 * then: what they chose before is still theirs.
 */
export function createTokenOf(session: Pick<Session, 'identity'>, bearer: Identity): () => string {
  let { token } = bearer
  return () => {
    const now = session.identity()
    if (now?.subject === bearer.subject && now.role === bearer.role) ({ token } = now)
    return token
  }
}

/** Reads the claims of a JWT, or null for anything that is not one. */
export function readToken(token: string): TokenClaims | null {
  const payload = token.split('.')[1]
  if (payload === undefined) return null
  const claims = parseClaims(payload)
  if (typeof claims?.sub !== 'string' || claims.sub === '') return null
  const { sub, name, email, exp } = claims
  return {
    subject: sub,
    name: [name, email, sub].find((text) => typeof text === 'string' && text !== '') as string,
    expiresAt: typeof exp === 'number' ? exp : null,
  }
}

function parseClaims(payload: string): Record<string, unknown> | null {
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null
  } catch {
    return null
  }
}

function isIdentity(value: unknown): value is Identity {
  const { token, subject, name, role, demo } = (value ?? {}) as Record<string, unknown>
  return (
    typeof token === 'string' &&
    typeof subject === 'string' &&
    typeof name === 'string' &&
    (role === 'customer' || role === 'staff') &&
    typeof demo === 'boolean'
  )
}
