import type { Principal, VerifyToken } from '../auth/principal'
import { AppError } from '../errors'
import type { Hub } from '../hub/hub'
import type { Logger } from '../lib/logger'
import { CLOSE_CODES, type CloseCode } from '../protocol/close-codes'
import type { Connections } from './connections'
import type { SocketCounters } from './counters'
import type { SocketLimits } from './limits'

/** Whether tokens of the subject that were issued then are refused by now. Answers from memory. */
export type IsRevoked = (subject: string, issuedAt: number | null) => boolean

/** What all connections of a node share. */
export interface SocketContext {
  readonly hub: Hub
  readonly verify: VerifyToken
  readonly isRevoked: IsRevoked
  readonly limits: SocketLimits
  readonly connections: Connections
  readonly counters: SocketCounters
  readonly logger: Logger
  draining: boolean
  /** Counts up with each revocation: a token verified before one is verified again. */
  revocations: number
}

/** Verifies a token, once more where a revocation came through meanwhile. */
export async function verifyNow(
  context: Pick<SocketContext, 'verify' | 'revocations'>,
  token: string,
): Promise<Principal> {
  for (;;) {
    const { revocations } = context
    const principal = await context.verify(token)
    if (revocations === context.revocations) return principal
  }
}

/** A bad token is its owner's business; when nobody can tell, the client tries again. */
export function refusal(error: unknown, logger: Logger): CloseCode {
  if (error instanceof AppError && error.status < 500) return CLOSE_CODES.unauthorized
  logger.error({ err: error }, 'a token could not be verified')
  return CLOSE_CODES.tryLater
}
