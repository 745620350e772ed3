import { Elysia } from 'elysia'
import { AppError } from '../errors'
import type { Principal, VerifyToken } from './principal'

/**
 * Route options `signedIn: true` and `staff: true`: both resolve `principal` before the handler;
 * without a good token the answer is 401, without the staff role 403. They are `resolve`s, not
 * `beforeHandle`s: those run twice on a route that upgrades.
 */
export function authentication(verify: VerifyToken) {
  return new Elysia({ name: 'authentication' }).macro({
    signedIn: {
      detail: { security: [{ bearer: [] }] },
      async resolve({ headers }) {
        return { principal: await authenticate(headers.authorization, verify) }
      },
    },
    staff: {
      detail: { security: [{ bearer: [] }] },
      async resolve({ headers }) {
        const principal = await authenticate(headers.authorization, verify)
        if (!principal.staff) {
          throw new AppError('staff_only', 403, 'This needs the staff role, which the token lacks.')
        }
        return { principal }
      },
    },
  })
}

/** Who a request's `Authorization` header speaks for. Rejects with an `AppError` (401). */
export async function authenticate(
  authorization: string | null | undefined,
  verify: VerifyToken,
): Promise<Principal> {
  const token = bearerToken(authorization)
  if (token === null) {
    throw new AppError('token_missing', 401, 'Expected the header Authorization: Bearer <token>.')
  }
  return verify(token)
}

/** The token of a `Bearer` credential (RFC 6750, section 2.1), or null. */
export function bearerToken(authorization: string | null | undefined): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1] ?? null
}
