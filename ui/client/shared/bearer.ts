/** Who a token says it is of. Unverified: the server verifies, this only tells tokens apart. */
export interface Bearer {
  /** Null where the token cannot be read: then it is like no other. */
  readonly subject: string | null
  /** Equal for tokens that say the same but for when they were issued and end. */
  readonly claims: string
  /** Milliseconds since the epoch; `Infinity` for a token without an end. */
  readonly expiresAt: number
}

const OF_THE_TOKEN = new Set(['exp', 'iat', 'nbf', 'jti'])

export function bearerOf(token: string): Bearer {
  const claims = claimsOf(token)
  if (!claims) return { subject: null, claims: token, expiresAt: Infinity }
  const { sub, exp } = claims
  const same = Object.entries(claims)
    .filter(([name]) => !OF_THE_TOKEN.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    subject: typeof sub === 'string' ? sub : null,
    claims: JSON.stringify(same),
    expiresAt: typeof exp === 'number' ? exp * 1_000 : Infinity,
  }
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const payload = token.split('.')[1] ?? ''
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null
      ? (claims as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
