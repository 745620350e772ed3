import type { CloseCode } from '../../server/protocol/close-codes'

/** When to try again, and when to act: pure functions of what happened. All in milliseconds. */

const BACKOFF_BASE_MS = 500
const BACKOFF_MAX_MS = 30_000
const RENEW_LEAD_MAX_MS = 60_000
const RENEW_INTERVAL_MIN_MS = 1_000
/** By our clock the token has expired, yet the server has just accepted it: the clocks disagree. */
const RENEW_WITH_WRONG_CLOCK_MS = 60_000
/** Heartbeats that may be missing before the connection counts as dead. */
const MISSED_HEARTBEATS = 2.5

/** Upper bound of the wait after `failures` failures before this one. */
export function backoffCeilingMs(failures: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** failures)
}

/** Exponential backoff with full jitter. */
export function backoffMs(failures: number, random: number): number {
  return random * backoffCeilingMs(failures)
}

/**
 * How long to wait before the next connection, with full jitter from the first attempt on, or null
 * for never. The first attempt after an end that says `now` spreads over the server's `spreadMs`;
 * if that fails, too, it backs off as any other.
 * @param failures connections in a row before this one that did not last
 * @param random as `Math.random()`
 */
export function reconnectDelayMs(
  end: Pick<CloseCode, 'reconnect' | 'spreadMs'>,
  failures: number,
  random: number,
): number | null {
  if (end.reconnect === 'never') return null
  const atOnce = end.reconnect !== 'backoff' && failures === 0
  return random * (atOnce ? end.spreadMs : Math.max(end.spreadMs, backoffCeilingMs(failures)))
}

/**
 * How long to wait before a snapshot is loaded: what the server asked for, and more if snapshots
 * follow each other without anything getting well in between.
 * @param rounds snapshots since the channel was last seen to be well
 */
export function snapshotDelayMs(
  retryAfterMs: number | undefined,
  rounds: number,
  random: number,
): number {
  return Math.max(retryAfterMs ?? 0, rounds === 0 ? 0 : backoffMs(rounds, random))
}

/**
 * When to renew a token that expires at `expiresAt` (seconds since the epoch): ahead by up to a fifth
 * of what is left and up to a minute, jittered so that tokens issued together are not renewed together.
 * Null for a token that does not expire.
 */
export function renewDelayMs(expiresAt: number | null, now: number, random: number): number | null {
  if (expiresAt === null) return null
  const leftMs = expiresAt * 1_000 - now
  if (leftMs <= 0) return RENEW_WITH_WRONG_CLOCK_MS
  const leadMs = Math.min(RENEW_LEAD_MAX_MS, leftMs / 5) * (0.5 + random / 2)
  return Math.max(RENEW_INTERVAL_MIN_MS, leftMs - leadMs)
}

/** How much longer the connection may be silent; zero or less: it is dead. */
export function silenceLeftMs(lastFrameAt: number, heartbeatMs: number, now: number): number {
  return lastFrameAt + MISSED_HEARTBEATS * heartbeatMs - now
}
