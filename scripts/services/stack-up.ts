import { join } from 'node:path'
import { startKafka } from './kafka'
import { startNginx } from './nginx'
import { freePort, isFree } from './ports'
import { startPostgres } from './postgres'
import { installPrograms, missingPrograms, SERVICE_PROGRAMS, stopAptServices } from './programs'
import { LOG_CONFIG, startRedisServer } from './redis'
import type { Service } from './service'
import {
  WELL_KNOWN,
  WELL_KNOWN_SERVERS,
  type ServiceName,
  type StackOptions,
} from './stack-options'
import { readRecord, running, writeRecord, type Started, type StackRecord } from './stack-record'

const LABELS: Readonly<Record<ServiceName, string>> = {
  kafka: 'Kafka',
  redis: 'Redis',
  postgres: 'PostgreSQL',
  nginx: 'nginx',
}

/**
 * Starts those services that do not run, and says of each when it serves or why it does not.
 * Resolves to whether all serve.
 */
export async function bringUp(options: StackOptions): Promise<boolean> {
  const { folder, services } = options
  const before = readRecord(folder)
  let record: StackRecord = running(before)
  const absent = services.filter((service) => record[service] === undefined)
  for (const service of services) {
    const started = record[service]
    if (started) sayRunning(service, started, options)
  }
  await install(absent)
  const ports = await choosePorts(absent, before, options)
  const servers = options.servers ?? before.nginx?.servers ?? WELL_KNOWN_SERVERS

  const outcomes = absent.map(async (service) => {
    const startedAt = Date.now()
    try {
      const { pid, birth } = await start(service, ports[service]!, { folder, servers })
      const stopSignal = service === 'postgres' ? 'SIGINT' : 'SIGTERM'
      const started: Started = {
        ...{ pid, birth, port: ports[service]!, startedAt, stopSignal },
        ...(service === 'nginx' && { servers }),
      }
      record = { ...record, [service]: started }
      writeRecord(folder, record)
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1)
      console.log(`${LABELS[service]} serves at 127.0.0.1:${started.port} (after ${seconds} s).`)
      return true
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      return false
    }
  })
  writeRecord(folder, record)
  return (await Promise.all(outcomes)).every((serves) => serves)
}

function sayRunning(service: ServiceName, { port, servers }: Started, options: StackOptions): void {
  const asked = options.ports[service]
  if (typeof asked === 'number' && asked !== port)
    throw new Error(`${LABELS[service]} runs on port ${port}: scripts/stack down ${service} first.`)
  if (servers && options.servers && servers.join() !== options.servers.join()) {
    throw new Error(`nginx leads to ${servers.join(', ')}: scripts/stack down nginx first.`)
  }
  console.log(`${LABELS[service]} is up already, at 127.0.0.1:${port}.`)
}

async function install(services: readonly ServiceName[]): Promise<void> {
  const programs = services.flatMap((service) => [...SERVICE_PROGRAMS[service]])
  const installed = await installPrograms(programs)
  await stopAptServices(installed)
  const missing = missingPrograms(programs)
  if (missing.length > 0) throw new Error(`To be installed first: ${missing.join('; ')}.`)
}

type Ports = Partial<Record<ServiceName, number>>

/** Where one died, its clients still look for it: unless told otherwise it comes back there. */
async function choosePorts(
  services: readonly ServiceName[],
  before: StackRecord,
  { ports }: StackOptions,
): Promise<Ports> {
  const chosen: Ports = {}
  for (const service of services) {
    const asked = ports[service] ?? before[service]?.port ?? WELL_KNOWN[service]
    const port = asked === 'free' ? await freePort() : asked
    if (!(await isFree(port))) {
      throw new Error(
        `Port ${port} is taken by another program: choose one for ${LABELS[service]} by ` +
          `--${service}-port, or take any by --ports free.`,
      )
    }
    chosen[service] = port
  }
  return chosen
}

async function start(
  service: ServiceName,
  port: number,
  { folder, servers }: { readonly folder: string; readonly servers: readonly number[] },
): Promise<Service> {
  const own = { folder: join(folder, service), port, detached: true }
  switch (service) {
    case 'kafka': {
      // Nobody but the broker itself looks for its controller.
      const controllerPort = (await isFree(port + 1)) ? port + 1 : await freePort()
      return startKafka({ ...own, controllerPort, say: console.log })
    }
    case 'redis':
      return startRedisServer({ ...own, config: LOG_CONFIG })
    case 'postgres':
      return startPostgres(own)
    case 'nginx':
      return startNginx({ ...own, servers })
  }
}
