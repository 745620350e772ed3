import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose'
import type { AuthSettings, TokenIssuer } from '../config'
import { AppError } from '../errors'
import type { Principal, VerifyToken } from './principal'
import { cacheVerified } from './token-cache'

/** Signature algorithms of a JWKS that are accepted: asymmetric ones only, never HMAC or `none`. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** How far the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_SECONDS = 5

/**
 * Older tokens are refused whatever their `exp` says: a revocation is kept no longer than this, and
 * what it ended must not come back. (A token without `iat` is refused while the revocation is kept.)
 */
export const MAX_TOKEN_AGE_SECONDS = 366 * 86_400

const CACHED_TOKENS = 1_024
const CACHED_FOR_MS = 60_000

/** How long an unknown key id is not looked up again: a forged one must not flood the issuer. */
const JWKS_COOLDOWN_MS = 30_000

export interface TokenOptions {
  readonly settings: AuthSettings
  /** Signs and verifies demo tokens; needed where the issuer is `demo`. */
  readonly demoSecret: string | null
  /** True for tokens that were revoked. Asked on every verification. */
  readonly isRevoked: (subject: string, issuedAt: number | null) => boolean
  readonly jwksCooldownMs?: number
}

/**
 * Verifies tokens: signature, algorithm, `exp` and `nbf`, issuer and audience where configured,
 * revocation. Rejects with an `AppError`: 401 `token_invalid`, `token_expired`, `token_revoked`, or
 * 503 `issuer_unreachable` (temporary) where the JWKS could not be fetched.
 */
export async function createVerifier(options: TokenOptions): Promise<VerifyToken> {
  const { settings } = options
  const check = await openCheck(settings.issuer, options)
  const verify = cacheVerified(
    async (token) => {
      const principal = principalOf(await check(token).catch(refuse), settings)
      if (isTooOld(principal)) throw expired()
      return principal
    },
    { maxEntries: CACHED_TOKENS, maxAgeMs: CACHED_FOR_MS },
  )
  return async (token) => {
    const principal = await verify(token)
    if (options.isRevoked(principal.subject, principal.issuedAt)) {
      throw new AppError('token_revoked', 401, 'The token was revoked: sign in again.')
    }
    return principal
  }
}

/** HMAC key for HS256, imported once: importing it for every token costs more than the check. */
export function importSecret(secret: string, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [usage])
}

/** As a subject is bounded wherever one is named: topics, revocations, rows. */
const MAX_SUBJECT = 256
const CONTROL = /\p{Cc}/u

/** Who the claims of a verified token speak for. Throws a 401 `AppError` without a usable `sub`. */
export function principalOf(claims: JWTPayload, settings: AuthSettings): Principal {
  const { sub, email, email_verified: verified } = claims
  if (typeof sub !== 'string' || sub === '') throw invalid('it has no sub')
  if (sub.length > MAX_SUBJECT || CONTROL.test(sub)) {
    throw invalid(`its sub is not a text of at most ${MAX_SUBJECT} characters on one line`)
  }
  const address = typeof email === 'string' ? email : null
  const isAdminAddress =
    address !== null && verified === true && settings.adminEmails.includes(address.toLowerCase())
  return {
    subject: sub,
    email: address,
    staff: isAdminAddress || rolesOf(claims, settings.rolesClaim).includes(settings.staffRole),
    issuedAt: claims.iat ?? null,
    expiresAt: claims.exp ?? null,
  }
}

/** The claim of that very name, or else the one that its dots lead to; a text is a list by spaces. */
function rolesOf(claims: JWTPayload, name: string): readonly unknown[] {
  const descend = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined
  const roles = descend(claims, name) ?? name.split('.').reduce(descend, claims as unknown)
  if (typeof roles === 'string') return roles.split(' ')
  return Array.isArray(roles) ? roles : []
}

async function openCheck(
  issuer: TokenIssuer,
  { demoSecret, jwksCooldownMs }: TokenOptions,
): Promise<(token: string) => Promise<JWTPayload>> {
  if (issuer.kind === 'jwks') {
    const keys = createRemoteJWKSet(new URL(issuer.url), {
      cooldownDuration: jwksCooldownMs ?? JWKS_COOLDOWN_MS,
    })
    const accepted = expectations(ASYMMETRIC, issuer)
    return async (token) => (await jwtVerify(token, keys, accepted)).payload
  }
  const secret = issuer.kind === 'secret' ? issuer.secret : demoSecret
  if (secret === null) throw new TypeError('demo tokens need a secret')
  const key = await importSecret(secret, 'verify')
  const accepted = expectations(['HS256'], issuer.kind === 'secret' ? issuer : null)
  return async (token) => (await jwtVerify(token, key, accepted)).payload
}

function expectations(
  algorithms: string[],
  issuer: { readonly issuer: string | null; readonly audience: string | null } | null,
): JWTVerifyOptions {
  return {
    algorithms,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ...(issuer?.issuer ? { issuer: issuer.issuer } : {}),
    ...(issuer?.audience ? { audience: issuer.audience } : {}),
  }
}

/** Says what is wrong with a token as far as that helps its owner, and no forger. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) {
    throw expired()
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    throw invalid(`its claim ${error.claim} is not the one expected`)
  }
  const isTokensFault =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  if (isTokensFault) throw invalid('its form, algorithm, key or signature is not accepted')
  throw new AppError('issuer_unreachable', 503, 'The keys of the token issuer cannot be fetched.', {
    temporary: true,
    cause: error,
  })
}

function isTooOld({ issuedAt }: Principal): boolean {
  return issuedAt !== null && issuedAt < Date.now() / 1_000 - MAX_TOKEN_AGE_SECONDS
}

function expired(): AppError {
  return new AppError('token_expired', 401, 'The token has expired: sign in again.')
}

function invalid(why: string): AppError {
  return new AppError('token_invalid', 401, `The token is not valid: ${why}.`)
}
