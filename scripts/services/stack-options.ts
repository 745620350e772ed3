import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const SERVICES = ['kafka', 'redis', 'postgres', 'nginx'] as const
export type ServiceName = (typeof SERVICES)[number]

export const COMMANDS = ['up', 'down', 'status', 'logs', 'env'] as const
export type Command = (typeof COMMANDS)[number]

export interface StackOptions {
  readonly command: Command
  /** Those that the command is about; all four unless some are named. */
  readonly services: readonly ServiceName[]
  /** Where data, logs and the record of what runs lie. */
  readonly folder: string
  /** A port that was asked for, `free` for any, null for the well-known one. */
  readonly ports: Readonly<Record<ServiceName, number | 'free' | null>>
  /** The ports of the servers behind nginx, null where none are named. */
  readonly servers: readonly number[] | null
  readonly wipe: boolean
  readonly follow: boolean
}

export const WELL_KNOWN: Readonly<Record<ServiceName, number>> = {
  kafka: 9092,
  redis: 6379,
  postgres: 5432,
  nginx: 8080,
}

/** Behind nginx. */
export const WELL_KNOWN_SERVERS: readonly number[] = [3009, 3019]

export const HELP = `scripts/stack: Kafka, Redis, PostgreSQL and nginx on this machine, for the distributed engine

  scripts/stack up [SERVICE...]       start those that do not run: kafka, redis, postgres, nginx
  scripts/stack down [SERVICE...]     stop what was started here; with --wipe also remove its data
  scripts/stack status                what runs, where, since when
  scripts/stack logs [SERVICE...] [-f]   the end of their logs; -f goes on with what comes
  scripts/stack env                   what the servers need: eval "$(scripts/stack env)"

Options of up, each also as a variable of the environment:
  --kafka-port N      STACK_KAFKA_PORT      9092 (and the next for its controller)
  --redis-port N      STACK_REDIS_PORT      6379
  --postgres-port N   STACK_POSTGRES_PORT   5432
  --nginx-port N      STACK_NGINX_PORT      8080
  --servers N,N       STACK_SERVERS         3009,3019: the servers that nginx passes on to
  --ports free        STACK_PORTS           any free ports, where none is named

  --dir FOLDER        STACK_DIR             data/stack: a stack of its own for each folder

The first start gets what is missing: packages through apt, where that may be, Kafka from Maven Central.
All listen on 127.0.0.1 only, and none asks for a password: this is for development.`

/** The options, or the sentence that says what is wrong with them. */
export function readStackOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): StackOptions | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [command, ...services] = positionals
    if (values.help || command === undefined) return HELP
    if (!isOneOf(COMMANDS, command)) return wrong(`"${command}"`, COMMANDS)
    const unknown = services.find((name) => !isOneOf(SERVICES, name))
    if (unknown !== undefined) return wrong(`"${unknown}"`, SERVICES)

    const named = (option: keyof typeof values & string) =>
      (values[option] as string | undefined) ??
      (env[`STACK_${option.toUpperCase().replaceAll('-', '_')}`] || undefined)
    const ports = named('ports')
    if (ports !== undefined && ports !== 'free') return wrong(`--ports ${ports}`, ['free'])
    const portOf = (service: ServiceName) => {
      const text = named(`${service}-port`)
      return text === undefined ? (ports ?? null) : portFrom(text, `--${service}-port`)
    }
    return {
      command,
      services: services.length > 0 ? services.filter((name) => isOneOf(SERVICES, name)) : SERVICES,
      folder: named('dir') ? resolve(named('dir')!) : join(root, 'data/stack'),
      ports: {
        kafka: portOf('kafka'),
        redis: portOf('redis'),
        postgres: portOf('postgres'),
        nginx: portOf('nginx'),
      },
      servers:
        named('servers')
          ?.split(',')
          .map((n) => portFrom(n, '--servers')) ?? null,
      wipe: values.wipe ?? false,
      follow: values.follow ?? false,
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    // Of the parser's advice, which is about other mistakes, only what is wrong.
    return `${said.split('. To specify')[0]} (scripts/stack --help)`
  }
}

const options = {
  ports: { type: 'string' },
  'kafka-port': { type: 'string' },
  'redis-port': { type: 'string' },
  'postgres-port': { type: 'string' },
  'nginx-port': { type: 'string' },
  servers: { type: 'string' },
  dir: { type: 'string' },
  wipe: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  help: { type: 'boolean', short: 'h' },
} as const

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value)
}

function wrong(what: string, expected: readonly string[]): string {
  return `${what} is none of ${expected.join(', ')} (scripts/stack --help)`
}

function portFrom(text: string, option: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new Error(`${option} is "${text}": expected a port from 1 to 65535.`)
}
