import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose'
import { loadConfig, type AuthSettings } from '../config'
import { AppError } from '../errors'
import type { VerifyToken } from './principal'
import { createVerifier, MAX_TOKEN_AGE_SECONDS, principalOf } from './tokens'

const SECRET = 'a secret of at least thirty-two bytes'
const ISSUER = 'https://id.example'
const AUDIENCE = 'shop'
const nowSeconds = () => Math.floor(Date.now() / 1_000)

async function verifierOf(
  env: Record<string, string>,
  isRevoked: (subject: string, issuedAt: number | null) => boolean = () => false,
): Promise<VerifyToken> {
  const settings = loadConfig(env).auth
  return createVerifier({ settings, demoSecret: SECRET, isRevoked, jwksCooldownMs: 0 })
}

function signWith(secret: string, payload: JWTPayload, alg = 'HS256'): Promise<string> {
  const key = new TextEncoder().encode(secret)
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key)
}

async function codeOf(verifying: Promise<unknown>): Promise<string> {
  try {
    await verifying
    return 'accepted'
  } catch (error) {
    if (error instanceof AppError) return `${error.status} ${error.code}`
    throw error
  }
}

describe('tokens of a shared secret', () => {
  const good = { sub: 'alice', iat: nowSeconds(), exp: nowSeconds() + 60 }

  test('say who it is', async () => {
    const verify = await verifierOf({ JWT_SECRET: SECRET })
    const token = await signWith(SECRET, { ...good, email: 'Alice@shop.example' })
    expect(await verify(token)).toEqual({
      subject: 'alice',
      email: 'Alice@shop.example',
      staff: false,
      issuedAt: good.iat,
      expiresAt: good.exp,
    })
  })

  const forged: [name: string, token: () => Promise<string> | string, code: string][] = [
    ['no token at all', () => '', '401 token_invalid'],
    ['garbage', () => 'a.b.c', '401 token_invalid'],
    ['alg none', () => new UnsecuredJWT(good).encode(), '401 token_invalid'],
    ['another secret', () => signWith(`${SECRET}!`, good), '401 token_invalid'],
    ['another HMAC', () => signWith(SECRET, good, 'HS512'), '401 token_invalid'],
    ['no subject', () => signWith(SECRET, { exp: good.exp }), '401 token_invalid'],
    ['an empty subject', () => signWith(SECRET, { ...good, sub: '' }), '401 token_invalid'],
    [
      'a subject that nothing could revoke',
      () => signWith(SECRET, { ...good, sub: 'a'.repeat(257) }),
      '401 token_invalid',
    ],
    [
      'a subject of two lines',
      () => signWith(SECRET, { ...good, sub: 'a\nb' }),
      '401 token_invalid',
    ],
    ['expired', () => signWith(SECRET, { ...good, exp: nowSeconds() - 60 }), '401 token_expired'],
    [
      'not yet valid',
      () => signWith(SECRET, { ...good, nbf: nowSeconds() + 60 }),
      '401 token_invalid',
    ],
    [
      'older than revocations are kept',
      () => signWith(SECRET, { sub: 'a', iat: nowSeconds() - MAX_TOKEN_AGE_SECONDS - 60 }),
      '401 token_expired',
    ],
  ]
  test.each(forged)('%s is refused', async (_, token, code) => {
    const verify = await verifierOf({ JWT_SECRET: SECRET })
    expect(await codeOf(verify(await token()))).toBe(code)
  })

  test('with a changed payload is refused', async () => {
    const verify = await verifierOf({ JWT_SECRET: SECRET })
    const [header, , signature] = (await signWith(SECRET, good)).split('.')
    const payload = Buffer.from(JSON.stringify({ ...good, sub: 'bob' })).toString('base64url')
    expect(await codeOf(verify(`${header}.${payload}.${signature}`))).toBe('401 token_invalid')
  })

  test('clocks may differ by a few seconds', async () => {
    const verify = await verifierOf({ JWT_SECRET: SECRET })
    expect(await codeOf(verify(await signWith(SECRET, { ...good, exp: nowSeconds() - 2 })))).toBe(
      'accepted',
    )
  })

  test('issuer and audience are checked where they are set', async () => {
    const verify = await verifierOf({
      JWT_SECRET: SECRET,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    })
    const claims = { ...good, iss: ISSUER, aud: AUDIENCE }
    expect(await codeOf(verify(await signWith(SECRET, claims)))).toBe('accepted')
    for (const wrong of [{ iss: 'https://evil.example' }, { aud: 'other' }, { iss: undefined }]) {
      const token = await signWith(SECRET, { ...claims, ...wrong })
      expect(await codeOf(verify(token))).toBe('401 token_invalid')
    }
  })

  test('that were revoked are refused', async () => {
    const asked: unknown[] = []
    const verify = await verifierOf({ JWT_SECRET: SECRET }, (...about) => {
      asked.push(about)
      return true
    })
    expect(await codeOf(verify(await signWith(SECRET, good)))).toBe('401 token_revoked')
    expect(asked).toEqual([['alice', good.iat]])
  })
})

describe('staff', () => {
  const settings: AuthSettings = loadConfig({ ADMIN_EMAILS: 'ada@shop.example' }).auth
  const nested = loadConfig({ ROLES_CLAIM: 'realm_access.roles', STAFF_ROLE: 'shop-staff' }).auth
  const dotted = loadConfig({ ROLES_CLAIM: 'https://shop.example/roles' }).auth
  const cases: [claims: JWTPayload, settings: AuthSettings, staff: boolean][] = [
    [{ roles: ['staff'] }, settings, true],
    [{ roles: 'customer staff' }, settings, true],
    [{ roles: ['staffer', 'not-staff'] }, settings, false],
    [{ roles: 'nostaff' }, settings, false],
    [{ roles: { staff: true } }, settings, false],
    [{ role: ['staff'] }, settings, false],
    [{ email: 'Ada@Shop.example', email_verified: true }, settings, true],
    [{ email: 'ada@shop.example', email_verified: false }, settings, false],
    [{ email: 'ada@shop.example', email_verified: 'true' }, settings, false],
    [{ email: 'ada@shop.example' }, settings, false],
    [{ email: 'ada@shop.example.evil', email_verified: true }, settings, false],
    [{ email: 'xada@shop.example', email_verified: true }, settings, false],
    [{ email: 'admin@shop.example', email_verified: true }, settings, false],
    [{ realm_access: { roles: ['shop-staff'] } }, nested, true],
    [{ realm_access: { roles: ['staff'] } }, nested, false],
    [{ realm_access: null, roles: ['shop-staff'] }, nested, false],
    [{ 'https://shop.example/roles': ['staff'] }, dotted, true],
  ]
  test.each(cases)('%j', (claims, given, staff) => {
    expect(principalOf({ sub: 'ada', ...claims }, given).staff).toBe(staff)
  })
})

describe('tokens of a JWKS', () => {
  const keys: JWK[] = []
  let fetches = 0
  let server: Bun.Server<undefined>
  let env: Record<string, string>

  async function addKey(kid: string, alg = 'ES256'): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' })
    return privateKey
  }

  function sign(key: CryptoKey | Uint8Array, kid: string, claims: JWTPayload = {}, alg = 'ES256') {
    const payload = { sub: 'alice', iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 60, ...claims }
    return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key)
  }

  beforeAll(() => {
    server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch() {
        fetches += 1
        return Response.json({ keys })
      },
    })
    env = {
      JWKS_URL: `http://127.0.0.1:${server.port}/keys`,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    }
  })
  afterAll(() => server.stop(true))

  test('are verified with keys fetched once, and again when the issuer rotates them', async () => {
    const verify = await verifierOf(env)
    const first = await addKey('first')
    fetches = 0
    for (let i = 0; i < 20; i += 1) await verify(await sign(first, 'first'))
    expect(fetches).toBe(1)

    keys.length = 0
    const second = await addKey('second')
    expect((await verify(await sign(second, 'second'))).subject).toBe('alice')
    expect(fetches).toBe(2)
    expect(await codeOf(verify(await sign(first, 'first')))).toBe('401 token_invalid')
  })

  test('with wrong claims, key or algorithm are refused', async () => {
    const verify = await verifierOf(env)
    const key = await addKey('main')
    const stranger = (await generateKeyPair('ES256')).privateKey
    const refused: [string, Promise<string>][] = [
      ['issuer', sign(key, 'main', { iss: 'https://evil.example' })],
      ['no issuer', sign(key, 'main', { iss: undefined })],
      ['audience', sign(key, 'main', { aud: 'other' })],
      ['no audience', sign(key, 'main', { aud: undefined })],
      ['key', sign(stranger, 'main')],
      ['key id', sign(stranger, 'unknown')],
      // The public key used as an HMAC secret.
      ['HS256', sign(Buffer.from(JSON.stringify(keys.at(-1))), 'main', {}, 'HS256')],
      [
        'none',
        Promise.resolve(new UnsecuredJWT({ sub: 'a', iss: ISSUER, aud: AUDIENCE }).encode()),
      ],
    ]
    expect(await codeOf(verify(await sign(key, 'main')))).toBe('accepted')
    for (const [, token] of refused) {
      expect(await codeOf(verify(await token))).toBe('401 token_invalid')
    }
  })

  test('an issuer out of reach is a temporary failure, not a bad token', async () => {
    const gone = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('') })
    const address = `http://127.0.0.1:${gone.port}/keys`
    await gone.stop(true)
    const verify = await verifierOf({ ...env, JWKS_URL: address })
    const token = await sign((await generateKeyPair('ES256')).privateKey, 'any')
    expect(await codeOf(verify(token))).toBe('503 issuer_unreachable')
  })
})
