import { SignJWT } from 'jose'

export type Role = 'customer' | 'staff'

/** A subject of its own for each number. */
export function subjectOf(role: Role, index: number): string {
  return `${role}-${String(index).padStart(5, '0')}`
}

/** Signs a token as the server verifies them: HS256 by `secret`, one hour. */
export function signToken(secret: string, subject: string, role: Role): Promise<string> {
  return new SignJWT({ roles: role === 'staff' ? ['staff'] : [] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
}
