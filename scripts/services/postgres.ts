import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LOOPBACK } from './ports'
import { startService, type Service } from './service'
import { runAs, serviceUser } from './user'

export interface PostgresOptions {
  /** For its log and its data; made where it is missing. */
  readonly folder: string
  readonly port: number
  /** `name=value`, as in postgresql.conf, after ours. */
  readonly settings?: readonly string[]
  readonly detached?: boolean
}

/** The owner of everything, and of the database of the same name. From loopback it needs no password. */
export const POSTGRES_USER = 'orderwire'
const AT_LEAST = 15

export function postgresUrl(port: number, database: string = POSTGRES_USER): string {
  return `postgres://${POSTGRES_USER}@${LOOPBACK}:${port}/${database}`
}

/** Starts a PostgreSQL; resolves when it serves, the database made. */
export async function startPostgres(
  options: PostgresOptions,
  cleanUp?: () => void | Promise<void>,
): Promise<Service> {
  const { folder, port, settings = [] } = options
  const bin = findPostgres()
  if (bin === null) throw new Error(`PostgreSQL ${AT_LEAST} or newer is not installed.`)
  // PostgreSQL refuses to run as root.
  const user = serviceUser('postgres')
  mkdirSync(folder, { recursive: true })
  if (user) chownSync(folder, user.uid, user.gid)
  const cluster = join(folder, 'cluster')
  if (!existsSync(join(cluster, 'PG_VERSION')))
    await run(folder, [...runAs(user, folder), join(bin, 'initdb'), ...INITDB, '-D', cluster])

  const ours = [`listen_addresses=${LOOPBACK}`, `port=${port}`, 'unix_socket_directories=']
  const service = await startService(
    {
      name: `PostgreSQL on port ${port}`,
      command: [
        join(bin, 'postgres'),
        ...['-D', cluster],
        ...[...ours, 'max_connections=200', ...settings].flatMap((setting) => ['-c', setting]),
      ],
      folder,
      logFile: join(folder, 'postgres.log'),
      ready: (log) => log.includes('database system is ready to accept connections'),
      // "Fast": it ends its connections instead of waiting for them.
      stopSignal: 'SIGINT',
      user,
      detached: options.detached ?? false,
    },
    cleanUp,
  )
  await makeDatabase(port)
  return service
}

const INITDB = [
  '-U',
  POSTGRES_USER,
  '-A',
  'trust',
  '-E',
  'UTF8',
  '--no-locale',
  '--no-instructions',
]

const DEBIAN_FOLDER = '/usr/lib/postgresql'

/** The folder of its programs: of the PATH, or the newest where Debian and Ubuntu put them. */
export function findPostgres(): string | null {
  const onPath = Bun.which('initdb')
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : []
  const found = versions
    .map((version) => join(DEBIAN_FOLDER, version, 'bin/initdb'))
    .filter((initdb) => existsSync(initdb))
  const folders = [...(onPath ? [onPath] : []), ...found].map(dirname)
  const newest = folders
    .map((folder) => ({ folder, major: majorOf(folder) }))
    .sort((a, b) => b.major - a.major)[0]
  return newest && newest.major >= AT_LEAST ? newest.folder : null
}

function majorOf(folder: string): number {
  const { stdout } = Bun.spawnSync([join(folder, 'postgres'), '--version'])
  return Number(/(\d+)/.exec(stdout.toString())?.[1] ?? 0)
}

async function makeDatabase(port: number): Promise<void> {
  const sql = new Bun.SQL(postgresUrl(port, 'postgres'), { max: 1, connectionTimeout: 10 })
  try {
    const [found] = await sql`SELECT 1 FROM pg_database WHERE datname = ${POSTGRES_USER}`
    if (!found) await sql`CREATE DATABASE ${sql(POSTGRES_USER)}`
  } finally {
    await sql.close()
  }
}

async function run(cwd: string, command: string[]): Promise<void> {
  const child = Bun.spawn(command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0)
    throw new Error(`PostgreSQL's data could not be made:\n${output}${errors}`)
}
