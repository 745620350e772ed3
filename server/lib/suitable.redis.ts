import { AppError } from '../errors'
import type { RedisAddress } from './address.redis'
import { unreachable } from './failure.redis'

const MIN_VERSION = 7

/**
 * Whether a Redis can keep what must not be lost, by its answer to `INFO`; throws what is wrong.
 * A server that is a replica just now is only out of reach.
 */
export function checkSuitable(info: string, kind: RedisAddress['kind'], place: string): void {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null
  const refuse = (found: string, expected: string) =>
    new AppError('redis_unsuitable', 500, `Redis at ${place} ${found}: expected ${expected}.`)

  const version = value('redis_version')
  if (version !== null && Number.parseInt(version, 10) < MIN_VERSION) {
    throw refuse(`has version ${version}`, `${MIN_VERSION}.0 or later`)
  }
  const policy = value('maxmemory_policy')
  if (policy !== null && policy !== 'noeviction') {
    throw refuse(
      `has maxmemory-policy ${policy}, which may remove entries in silence`,
      'noeviction',
    )
  }
  if (value('cluster_enabled') === '1' && kind !== 'cluster') {
    throw refuse('belongs to a Cluster', 'an address that begins with redis+cluster:// or rediss+')
  }
  if (value('role') === 'slave') throw unreachable(place, 'it is a replica at the moment')
}

/** Whether `CLIENT INFO` tells the database that was asked for: a refused SELECT leaves another. */
export function checkDatabase(clientInfo: string, db: number, place: string): void {
  const selected = / db=(\d+)/.exec(clientInfo)?.[1]
  if (selected === String(db)) return
  throw new AppError(
    'redis_unsuitable',
    500,
    `Redis at ${place} did not select database ${db}: expected one of its databases, and a user that may.`,
  )
}
