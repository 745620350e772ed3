import { AppError } from '../errors'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Where a Redis is reached, and as whom. */
export interface RedisAddress {
  /** One server; the master that Sentinels name; or the shard of a Cluster that holds the keys. */
  readonly kind: 'server' | 'sentinel' | 'cluster'
  /** One server, or the Sentinels or nodes that are asked for it. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  /** What the Sentinels call the master; null without Sentinels. */
  readonly master: string | null
  readonly tls: boolean
  readonly username: string | null
  readonly password: string | null
  /** With which the Sentinels themselves are asked. */
  readonly sentinelUsername: string | null
  readonly sentinelPassword: string | null
  readonly db: number
}

const SCHEME = /^(rediss?)(?:\+(sentinel|cluster))?:\/\//
const FORMS = {
  server: 'redis://[user:password@]host:port[/db]',
  sentinel: 'redis+sentinel://[user:password@]host:port,host:port/master-name[/db]',
  cluster: 'redis+cluster://[user:password@]host:port,host:port',
}
const SENTINEL_PARAMETERS = ['sentinelUsername', 'sentinelPassword']

/**
 * Reads `redis://[user:password@]host:port[/db]`, `redis+sentinel://…host:port,host:port/master[/db]`
 * or `redis+cluster://…host:port,host:port`; with `rediss` for `redis` all of it goes over TLS. User and
 * password are percent-encoded. Sentinels that want a password of their own get it from the
 * parameters `?sentinelUsername=…&sentinelPassword=…`. A missing port is 6379, or a Sentinel's 26379.
 * Throws an `AppError` (`redis_address`) that says what was wrong, and never repeats a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const scheme = SCHEME.exec(url)
  if (!scheme) {
    throw refuse('begins with no known scheme', Object.values(FORMS).join(', ') + ' (or rediss)')
  }
  const kind = (scheme[2] ?? 'server') as RedisAddress['kind']
  const wrong = (what: string) => refuse(what, FORMS[kind])

  const [before, query, ...more] = url.slice(scheme[0].length).split('?')
  if (more.length > 0 || url.includes('#')) throw wrong('has a ? or # too many')
  const [authority = '', ...path] = before!.split('/')
  const at = authority.lastIndexOf('@')
  const hosts = authority.slice(at + 1).split(',')
  if (kind === 'server' && hosts.length > 1) throw wrong('names several hosts')
  const defaultPort = kind === 'sentinel' ? 26_379 : 6_379
  const [first, ...others] = hosts.map((host) => {
    const endpoint = endpointOf(host, defaultPort)
    if (endpoint) return endpoint
    // Behind a credential that is not encoded, what looks like a host may be a part of it.
    const shown = url.includes('@') ? 'something' : `"${host}"`
    throw wrong(host === '' ? 'names no host' : `names ${shown} that is no host and port`)
  })
  const sentinel = sentinelCredentials(kind, query, wrong)
  return {
    kind,
    endpoints: [first!, ...others],
    master: kind === 'sentinel' ? masterOf(path.shift(), wrong) : null,
    tls: scheme[1] === 'rediss',
    ...credentialsOf(at < 0 ? null : authority.slice(0, at), wrong),
    ...sentinel,
    db: databaseOf(kind, path, wrong),
  }
}

type Refuse = (what: string) => AppError

function refuse(what: string, expected: string): AppError {
  return new AppError(
    'redis_address',
    500,
    `The address of Redis ${what}: expected ${expected}, user and password percent-encoded.`,
  )
}

function endpointOf(text: string, defaultPort: number): Endpoint | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? defaultPort)
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : null
}

function credentialsOf(text: string | null, wrong: Refuse) {
  if (text === null) return { username: null, password: null }
  const colon = text.indexOf(':')
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)]
  if (colon < 0 || password === '') throw wrong('has a user without a password')
  return {
    username: username === '' ? null : decoded(username, wrong),
    password: decoded(password, wrong),
  }
}

function decoded(text: string, wrong: Refuse): string {
  // What is not encoded could end the user, the password or the host somewhere else than meant.
  if (/[@:/?#,\s]/.test(text)) throw wrong('has a user or password that is not percent-encoded')
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('has a user or password that is not percent-encoded')
  }
}

function masterOf(name: string | undefined, wrong: Refuse): string {
  if (!name || !/^[\w.-]+$/.test(name)) throw wrong('names no master after its Sentinels')
  return name
}

function databaseOf(kind: RedisAddress['kind'], path: readonly string[], wrong: Refuse): number {
  if (path.length === 0 || (path.length === 1 && path[0] === '')) return 0
  if (kind === 'cluster') throw wrong('names a database, and a Cluster has only one')
  if (path.length > 1 || !/^\d{1,5}$/.test(path[0]!)) throw wrong('names no database by its number')
  return Number(path[0])
}

function sentinelCredentials(
  kind: RedisAddress['kind'],
  query: string | undefined,
  wrong: Refuse,
): { sentinelUsername: string | null; sentinelPassword: string | null } {
  const parameters = new URLSearchParams(query)
  const allowed = kind === 'sentinel' ? SENTINEL_PARAMETERS : []
  for (const name of parameters.keys()) {
    if (!allowed.includes(name)) throw wrong(`has the parameter "${name}", which means nothing`)
  }
  return {
    sentinelUsername: parameters.get('sentinelUsername'),
    sentinelPassword: parameters.get('sentinelPassword'),
  }
}
