import { Elysia, t } from 'elysia'
import { SignJWT } from 'jose'
import { AppError } from '../errors'
import type { AuthSettings } from '../config'
import { importSecret } from './tokens'

/** Long enough for a day of looking around; the demo page signs in again after it. */
const TOKEN_LIFE = '24h'

/** Who is staff when the sign-in does not say. */
const DEMO_STAFF = 'sam'

export type DemoRole = 'customer' | 'staff'
export type SignDemoToken = (name: string, role?: DemoRole) => Promise<string>

/**
 * Issues tokens for any name: `sub` is the name in lower case, so that Alice and alice are one
 * customer. The roles claim is written where the verifier looks for it.
 */
export async function createDemoSigner(
  secret: string,
  settings: Pick<AuthSettings, 'rolesClaim' | 'staffRole'>,
): Promise<SignDemoToken> {
  const key = await importSecret(secret, 'sign')
  return (name, role) => {
    const subject = name.trim().toLowerCase()
    const staff = role === undefined ? subject === DEMO_STAFF : role === 'staff'
    const email = /^[a-z0-9._-]+$/.test(subject)
      ? { email: `${subject}@demo.example`, email_verified: true }
      : {}
    return new SignJWT({ ...email, [settings.rolesClaim]: staff ? [settings.staffRole] : [] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(TOKEN_LIFE)
      .sign(key)
  }
}

/** `POST /api/demo/sign-in`; 404 where tokens come from elsewhere (`sign` is null). */
export function demoRoutes(sign: SignDemoToken | null) {
  return new Elysia({ name: 'demo', prefix: '/api', tags: ['Sign-in'] }).post(
    '/demo/sign-in',
    async ({ body }) => {
      if (sign === null) {
        throw new AppError('demo_off', 404, 'Demo sign-in is off: tokens come from your provider.')
      }
      return { token: await sign(body.name, body.role) }
    },
    {
      body: t.Object({
        name: t.String({ minLength: 1, maxLength: 64, pattern: '\\S' }),
        role: t.Optional(t.Union([t.Literal('customer'), t.Literal('staff')])),
      }),
      response: { 200: t.Object({ token: t.String() }) },
      detail: { summary: 'Sign in with any name (only where no token issuer is configured)' },
    },
  )
}
