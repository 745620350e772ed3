import { findJava, kafkaClassPath } from './kafka-jars'
import { findNginx } from './nginx'
import { findPostgres } from './postgres'
import { findRedis } from './redis'

/** A program that is run here and that no package of bun.lock brings. */
export interface Program {
  /** For people, after "needs": `Redis 7 or newer`. */
  readonly label: string
  /** Its path, where it is there and new enough. */
  readonly find: () => string | null
  /** The package of Debian and Ubuntu that holds it. */
  readonly aptPackage: string
  /** What its package starts by itself when it is installed. */
  readonly aptService?: string
}

export const SERVICE_PROGRAMS = {
  kafka: [
    { label: 'Java 17 or newer', find: findJava, aptPackage: 'default-jre-headless' },
    { label: 'Maven', find: () => kafkaClassPath() ?? Bun.which('mvn'), aptPackage: 'maven' },
  ],
  redis: [
    {
      label: 'Redis 7 or newer',
      find: findRedis,
      aptPackage: 'redis-server',
      aptService: 'redis-server',
    },
  ],
  postgres: [
    {
      label: 'PostgreSQL 15 or newer',
      find: findPostgres,
      aptPackage: 'postgresql',
      aptService: 'postgresql',
    },
  ],
  nginx: [{ label: 'nginx', find: findNginx, aptPackage: 'nginx', aptService: 'nginx' }],
} as const satisfies Record<string, readonly Program[]>

/**
 * Installs through apt, where we may, those of `programs` that are not there.
 * Resolves to those that it installed.
 */
export async function installPrograms(
  programs: readonly Program[],
  say: (line: string) => void = console.log,
): Promise<readonly Program[]> {
  const absent = programs.filter((program) => program.find() === null)
  if (absent.length === 0 || process.getuid?.() !== 0 || !Bun.which('apt-get')) return []
  const packages = [...new Set(absent.map((program) => program.aptPackage))]
  say(`Installing ${packages.join(', ')} (apt-get install) ...`)
  await aptGet('update', '-qq')
  await aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages)
  return absent.filter((program) => program.find() !== null)
}

/** Which of them are missing, each as what to install. */
export function missingPrograms(programs: readonly Program[]): readonly string[] {
  return programs
    .filter((program) => program.find() === null)
    .map(({ label, aptPackage }) => `${label} (Debian, Ubuntu: sudo apt-get install ${aptPackage})`)
}

async function aptGet(...args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // What fails is seen by whether the program is there afterwards.
  await Bun.spawn(['apt-get', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).exited
}

/**
 * Stops what packages have started by themselves when they were installed: it holds the well-known
 * ports, and nobody has put data into it yet.
 */
export async function stopAptServices(
  installed: readonly Program[],
  say: (line: string) => void = console.log,
): Promise<void> {
  const names = installed.flatMap(({ aptService }) => aptService ?? [])
  for (const name of names) {
    const service = Bun.which('service', { PATH: `${process.env.PATH ?? ''}:/usr/sbin` })
    if (service === null) return
    // One that did not start, or cannot be started here, has nothing to stop.
    const stop = Bun.spawn([service, name, 'stop'], { stdio: ['ignore', 'ignore', 'ignore'] })
    await stop.exited
  }
  if (names.length > 0) say(`Stopped, if apt had started them: ${names.join(', ')}.`)
}
