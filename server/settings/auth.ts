import { emailOf, isHttpUrl, type SettingsReader } from './reader'

/** Who issues the tokens. `demo`: the server itself, to anybody who can reach it (loopback only). */
export type TokenIssuer =
  | { readonly kind: 'demo' }
  | {
      readonly kind: 'secret'
      readonly secret: string
      readonly issuer: string | null
      readonly audience: string | null
    }
  | {
      readonly kind: 'jwks'
      readonly url: string
      readonly issuer: string
      readonly audience: string
    }

export interface AuthSettings {
  readonly issuer: TokenIssuer
  /** The role that makes staff. */
  readonly staffRole: string
  /** The claim that holds the roles; dots descend: `realm_access.roles`. */
  readonly rolesClaim: string
  /** Lower-cased addresses that are staff where the token says they are verified. */
  readonly adminEmails: readonly string[]
}

const MIN_SECRET_BYTES = 32
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']

export function readAuth(read: SettingsReader): AuthSettings {
  return {
    issuer: readIssuer(read),
    staffRole: read.text('STAFF_ROLE', 'staff'),
    rolesClaim: read.text('ROLES_CLAIM', 'roles'),
    adminEmails: read.list('ADMIN_EMAILS', 'addresses such as ada@shop.example', emailOf),
  }
}

function readIssuer(read: SettingsReader): TokenIssuer {
  const secret = read.optional('JWT_SECRET')
  const url = read.optional('JWKS_URL')
  const issuer = read.optional('JWT_ISSUER')
  const audience = read.optional('JWT_AUDIENCE')
  if (secret !== null && url !== null) {
    read.invalid('JWT_SECRET and JWKS_URL are both set: expected one of them.')
  }
  if (url !== null) {
    if (!isHttpUrl(url)) read.invalid(`JWKS_URL is "${url}": expected an http(s) address.`)
    if (issuer === null) read.invalid('JWT_ISSUER is not set: JWKS_URL needs it.')
    if (audience === null) read.invalid('JWT_AUDIENCE is not set: JWKS_URL needs it.')
    return { kind: 'jwks', url, issuer: issuer ?? '', audience: audience ?? '' }
  }
  if (secret !== null) {
    const bytes = Buffer.byteLength(secret)
    if (bytes < MIN_SECRET_BYTES) {
      read.invalid(`JWT_SECRET has ${bytes} bytes: expected at least ${MIN_SECRET_BYTES}.`)
    }
    return { kind: 'secret', secret, issuer, audience }
  }
  return { kind: 'demo' }
}

/** Where anybody can sign in, nobody outside this machine must reach the server. */
export function readHost(read: SettingsReader, issuer: TokenIssuer): string {
  if (issuer.kind !== 'demo') return read.text('HOST', '0.0.0.0')
  const host = read.text('HOST', '127.0.0.1')
  if (!LOOPBACK_HOSTS.includes(host)) {
    read.invalid(
      `HOST is "${host}": expected ${LOOPBACK_HOSTS.join(', ')}, because without JWT_SECRET or ` +
        'JWKS_URL anybody who reaches the server can sign in; set one of the two to expose it.',
    )
  }
  return host
}
