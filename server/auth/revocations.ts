import { Elysia, t } from 'elysia'
import type { Logger } from '../lib/logger'
import { authentication } from './macro'
import type { VerifyToken } from './principal'

export interface Revocation {
  readonly subject: string
  /** Seconds since the epoch: tokens issued before are refused, and those that do not say when. */
  readonly before: number
}

/** Which subjects' tokens are refused. */
export interface RevocationStore {
  /**
   * Refuses the subject's tokens issued up to now. Resolves when that is durable and this node acts
   * on it; a later revocation of the same subject replaces the earlier one.
   */
  revoke(subject: string): Promise<Revocation>
  /** Answers from memory: it is asked for every token. */
  isRevoked(subject: string, issuedAt: number | null): boolean
}

export interface RevocationRoutesDeps {
  readonly revocations: RevocationStore
  /** Tells every node to close the subject's sockets. */
  readonly announce: (subject: string) => Promise<unknown>
  readonly verify: VerifyToken
  readonly logger: Logger
}

/** `POST /api/admin/revocations`: ends all sessions of a subject, on REST and on sockets. */
export function revocationRoutes({ revocations, announce, verify, logger }: RevocationRoutesDeps) {
  return new Elysia({ name: 'revocations', prefix: '/api/admin', tags: ['Staff'] })
    .use(authentication(verify))
    .post(
      '/revocations',
      async ({ body, principal, set }) => {
        const revocation = await revocations.revoke(body.subject)
        // After the row is durable: a socket that reconnects at once is refused by it.
        await announce(body.subject)
        logger.info({ subject: body.subject, by: principal.subject }, 'tokens revoked')
        set.status = 201
        return revocation
      },
      {
        staff: true,
        body: t.Object({ subject: t.String({ minLength: 1, maxLength: 256 }) }),
        response: { 201: t.Object({ subject: t.String(), before: t.Number() }) },
        detail: { summary: 'End all sessions of a subject' },
      },
    )
}
