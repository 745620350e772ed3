import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../config'
import { createDemoSigner } from './demo'
import { openDemoSecret } from './demo-secret'
import { createVerifier } from './tokens'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderwire-demo-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the demo secret', () => {
  test('is made once, for its owner only, and is the same at the next start', () => {
    const secret = openDemoSecret(folder)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(readdirSync(folder)).toEqual(['jwt-secret'])
    expect(statSync(join(folder, 'jwt-secret')).mode & 0o777).toBe(0o600)
    expect(openDemoSecret(folder)).toBe(secret)
    expect(readFileSync(join(folder, 'jwt-secret'), 'utf8').trim()).toBe(secret)
  })

  test('differs from folder to folder', () => {
    const other = mkdtempSync(join(tmpdir(), 'orderwire-demo-'))
    expect(openDemoSecret(other)).not.toBe(openDemoSecret(folder))
    rmSync(other, { recursive: true })
  })

  test('is never taken from a file that holds none', () => {
    writeFileSync(join(folder, 'jwt-secret'), 'short\n')
    expect(() => openDemoSecret(folder)).toThrow('holds no secret of at least 32 bytes')
  })

  test('makes the folder, for its owner only', () => {
    const missing = join(folder, 'missing')
    const secret = openDemoSecret(missing)
    expect(statSync(missing).mode & 0o777).toBe(0o700)
    expect(openDemoSecret(missing)).toBe(secret)
  })

  test('in a folder that cannot be made is a sentence', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => openDemoSecret(join(folder, 'file/data'))).toThrow('jwt-secret')
  })
})

describe('demo tokens', () => {
  async function principalFor(name: string, role?: 'customer' | 'staff', env = {}) {
    const settings = loadConfig(env).auth
    const secret = openDemoSecret(folder)
    const sign = await createDemoSigner(secret, settings)
    const verify = await createVerifier({ settings, demoSecret: secret, isRevoked: () => false })
    return verify(await sign(name, role))
  }

  test('name the customer in lower case', async () => {
    const principal = await principalFor(' Alice ')
    expect(principal).toMatchObject({ subject: 'alice', email: 'alice@demo.example', staff: false })
    expect(principal.expiresAt! - principal.issuedAt!).toBe(86_400)
  })

  test('make staff of Sam, and of whoever asks for it', async () => {
    expect((await principalFor('sam')).staff).toBe(true)
    expect((await principalFor('sam', 'customer')).staff).toBe(false)
    expect((await principalFor('Zoë B.', 'staff')).staff).toBe(true)
  })

  test('carry the role where the verifier looks for it', async () => {
    const env = { ROLES_CLAIM: 'realm_access.roles', STAFF_ROLE: 'crew' }
    expect((await principalFor('sam', 'staff', env)).staff).toBe(true)
  })
})
