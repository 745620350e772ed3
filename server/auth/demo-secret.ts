import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../errors'

const SECRET_BYTES = 32

/**
 * The secret that demo tokens are signed with: made at the first start in `jwt-secret` in the data
 * folder, readable by its owner only, and the same at every start after and in every process that
 * shares the folder, so that tokens outlive them.
 * Throws an `AppError` for a file that holds no secret.
 */
export function openDemoSecret(dataDir: string): string {
  const path = join(dataDir, 'jwt-secret')
  return readSecret(path) ?? createSecret(path)
}

function readSecret(path: string): string | null {
  let secret: string
  try {
    secret = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new AppError('secret_unreadable', 500, `${path} cannot be read.`, { cause: error })
  }
  if (Buffer.byteLength(secret) >= SECRET_BYTES) return secret
  throw new AppError(
    'secret_invalid',
    500,
    `${path} holds no secret of at least ${SECRET_BYTES} bytes: remove it, and the next start makes one.`,
  )
}

/** Written whole, then given its name: a crash leaves no half secret, a rival's stays in place. */
function createSecret(path: string): string {
  const unnamed = `${path}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(unnamed, `${randomBytes(SECRET_BYTES).toString('hex')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
  } catch (cause) {
    throw new AppError('secret_unwritable', 500, `${path} cannot be written.`, { cause })
  }
  try {
    linkSync(unnamed, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(unnamed)
  }
  return readFileSync(path, 'utf8').trim()
}
