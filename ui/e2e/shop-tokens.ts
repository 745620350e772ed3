import { SignJWT } from 'jose'

const SECRET = 'a secret of more than thirty-two bytes'

/** A shop with its own sign-in: nothing renews a token here but the person. */
export const GUARDED = { JWT_SECRET: SECRET, HOST: '127.0.0.1' } as const

export interface TokenOptions {
  readonly name?: string
  /** As `8s`, or `1h`, which it is otherwise. */
  readonly life?: string
  /** Seconds since the epoch; now if no other. */
  readonly issuedAt?: number
  /** Another one than the shop's. */
  readonly secret?: string
}

/** A token as the shop's own sign-in gives them. */
export function tokenOf(
  subject: string,
  role: 'customer' | 'staff',
  { name, life = '1h', issuedAt, secret = SECRET }: TokenOptions = {},
): Promise<string> {
  return new SignJWT({ roles: role === 'staff' ? ['staff'] : [], ...(name && { name }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(life)
    .sign(new TextEncoder().encode(secret))
}
