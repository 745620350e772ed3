import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOOPBACK } from './ports'
import { startService, type Service } from './service'

export interface NginxOptions {
  /** For its configuration, its log and what it keeps for a moment; made where it is missing. */
  readonly folder: string
  readonly port: number
  /** The ports of the servers behind it, on the loopback address. */
  readonly servers: readonly number[]
  readonly detached?: boolean
}

const TEMPLATE = join(import.meta.dir, '../../deploy/nginx.conf.template')

/** Debian puts it where only root's PATH leads. */
export function findNginx(): string | null {
  return Bun.which('nginx', { PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin` })
}

/** The template with its values, as nginx' Docker image fills it in. */
export function nginxConfig(values: Readonly<Record<string, string>>): string {
  return readFileSync(TEMPLATE, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\$\{([A-Z_]+)\}/g, (_whole, name: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`deploy/nginx.conf.template: no value for ${name}`)
      return value
    })
}

/** Starts nginx in front of the servers, whether these run or not; resolves when it listens. */
export async function startNginx(
  options: NginxOptions,
  cleanUp?: () => void | Promise<void>,
): Promise<Service> {
  const { folder, port, servers, detached = false } = options
  const nginx = findNginx()
  if (nginx === null) throw new Error('nginx is not installed.')
  mkdirSync(join(folder, 'temp'), { recursive: true })
  const config = join(folder, 'nginx.conf')
  const pidFile = join(folder, 'nginx.pid')
  rmSync(pidFile, { force: true })
  writeFileSync(config, configOf(options))
  const globals = [
    'daemon off',
    `pid ${pidFile}`,
    // The folder is ours, and may lie where no other user comes.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    // Without a parent nobody is left behind when it is killed with us.
    ...(detached ? [] : ['master_process off']),
  ]
  return startService(
    {
      name: `nginx on port ${port} for ${servers.join(', ')}`,
      command: [nginx, '-p', folder, '-e', 'stderr', '-c', config, '-g', `${globals.join('; ')};`],
      folder,
      logFile: join(folder, 'nginx.log'),
      // Written once it listens.
      ready: (_log, pid) => pidIn(pidFile) === pid,
      detached,
    },
    cleanUp,
  )
}

function configOf({ folder, port, servers }: NginxOptions): string {
  return nginxConfig({
    NGINX_LISTEN: `${LOOPBACK}:${port}`,
    NGINX_SERVERS: [
      ...servers.map((each) => `server ${LOOPBACK}:${each} max_fails=2 fail_timeout=1s;`),
      ...servers.map((each) => `server ${LOOPBACK}:${each} max_fails=0 backup;`),
    ].join(' '),
    NGINX_LOCAL_RESOLVERS: LOOPBACK,
    NGINX_TEMP: join(folder, 'temp'),
  })
}

function pidIn(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    // Not there yet.
    return null
  }
}
