import { Elysia } from 'elysia'
import { AppError } from '../errors'
import type { Principal, VerifyToken } from './principal'

/**
 * Route options `signedIn: true` and `staff: true`: both resolve `principal` before the handler;
 * without a good token the answer is 401, without the staff role 403.
 */
export function authentication(verify: VerifyToken) {
  // Checked in `transform`, which comes before validation: whoever may not ask is not told what a
  // good question looks like. Only a `resolve` can hand something on, typed, to the handler.
  const known = new WeakMap<Request, Principal>()

  async function check(request: Request): Promise<Principal> {
    const principal = await authenticate(request.headers.get('authorization'), verify)
    known.set(request, principal)
    return principal
  }

  function resolve({ request }: { readonly request: Request }): { principal: Principal } {
    return { principal: known.get(request)! }
  }

  return new Elysia({ name: 'authentication' }).macro({
    signedIn: {
      detail: { security: [{ bearer: [] }] },
      async transform({ request }) {
        await check(request)
      },
      resolve,
    },
    staff: {
      detail: { security: [{ bearer: [] }] },
      async transform({ request }) {
        if ((await check(request)).staff) return
        throw new AppError('staff_only', 403, 'This needs the staff role, which the token lacks.')
      },
      resolve,
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
