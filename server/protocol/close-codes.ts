/**
 * Every ending of a connection has a row here; nobody closes a socket with a literal.
 * `reconnect` tells a client what to do:
 * - `now`: reconnect at once, with full jitter over `spreadMs`, and resume by cursor;
 * - `backoff`: reconnect with exponential backoff and full jitter;
 * - `new-token`: get a fresh token first, then as `now`;
 * - `never`: this client or its user is at fault; ask a person.
 */
export type Reconnect = 'now' | 'backoff' | 'new-token' | 'never'

export interface CloseCode {
  readonly code: number
  readonly reason: string
  readonly reconnect: Reconnect
  /** Upper bound of the random wait before the first attempt, in milliseconds. */
  readonly spreadMs: number
}

export const CLOSE_CODES = {
  /** The client is done. */
  normal: { code: 1000, reason: 'normal', reconnect: 'never', spreadMs: 0 },
  /** The server process ends without notice. */
  goingAway: { code: 1001, reason: 'going away', reconnect: 'now', spreadMs: 3_000 },
  /** A binary frame: the protocol is text. */
  unsupported: { code: 1003, reason: 'text frames only', reconnect: 'never', spreadMs: 0 },
  /** Seen by a client only: the connection broke without a close frame (also: too slow a reader). */
  abnormal: { code: 1006, reason: 'connection lost', reconnect: 'backoff', spreadMs: 500 },
  /** A frame over `maxFrameBytes`. Bun closes the socket itself, in these words. */
  tooBig: { code: 1009, reason: 'Received too big message', reconnect: 'never', spreadMs: 0 },
  /** The node drains for a deploy, or is behind the one that the client comes from: move now. */
  restart: { code: 1012, reason: 'move now', reconnect: 'now', spreadMs: 1_000 },
  /** The node cannot reach its log, or cannot verify tokens now. */
  tryLater: { code: 1013, reason: 'try again later', reconnect: 'backoff', spreadMs: 5_000 },
  /** Frames that could not be decoded, again and again. */
  badFrame: { code: 4400, reason: 'bad frames', reconnect: 'never', spreadMs: 0 },
  /** The token is missing, malformed, expired or revoked. */
  unauthorized: { code: 4401, reason: 'unauthorized', reconnect: 'new-token', spreadMs: 500 },
  /** A renewal with another subject. */
  subjectChanged: { code: 4403, reason: 'subject changed', reconnect: 'never', spreadMs: 0 },
  /** No `auth` within the time for it. */
  authTimeout: { code: 4408, reason: 'auth timeout', reconnect: 'backoff', spreadMs: 1_000 },
  /** A replay could not be finished, or the log changed under the channel: resume from the cursor. */
  resume: { code: 4409, reason: 'resume', reconnect: 'now', spreadMs: 500 },
  /** Too many sockets of one user or address, or too many frames a second. */
  tooMany: { code: 4429, reason: 'too many', reconnect: 'backoff', spreadMs: 10_000 },
} as const satisfies Record<string, CloseCode>

const BY_CODE: ReadonlyMap<number, CloseCode> = new Map(
  Object.values(CLOSE_CODES).map((row) => [row.code, row]),
)

/** The row of a code; a code without one counts as a lost connection. */
export function closeCode(code: number): CloseCode {
  return BY_CODE.get(code) ?? CLOSE_CODES.abnormal
}
