import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { accepts, LOOPBACK } from './ports'
import { SERVICES, type ServiceName, type StackOptions } from './stack-options'
import {
  addressesOf,
  logOf,
  processIn,
  readRecord,
  running,
  type StackRecord,
} from './stack-record'

/** Says of each service whether it runs, where and since when. Resolves to whether all serve. */
export async function showStatus({ folder, services }: StackOptions): Promise<boolean> {
  const record = readRecord(folder)
  const rows = await Promise.all(
    services.map((service) => rowOf(service, record, logOf(folder, service))),
  )
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  return rows.every(([, state]) => state === 'up')
}

async function rowOf(
  service: ServiceName,
  record: StackRecord,
  logFile: string,
): Promise<readonly string[]> {
  const started = record[service]
  if (!started) return [service, 'down']
  const { pid, port, startedAt } = started
  const log = relative(process.cwd(), logFile)
  if (!processIn(record, service)) return [service, 'ended by itself', '', '', '', log]
  const serves = await accepts(LOOPBACK, port)
  const since = `since ${duration(Date.now() - startedAt)}`
  return [service, serves ? 'up' : 'silent', `${LOOPBACK}:${port}`, `pid ${pid}`, since, log]
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1_000)} s`
  if (minutes < 60) return `${minutes} min`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`
}

/** Prints what a shell needs to point the servers at the stack. Throws when they could not start. */
export function showEnv({ folder }: StackOptions): void {
  const record = running(readRecord(folder))
  const { broker, redisUrl, postgresUrl } = addressesOf(record)
  if (!broker || !redisUrl || !postgresUrl) {
    const down = SERVICES.filter((service) => service !== 'nginx' && !record[service])
    throw new Error(`Not up: ${down.join(', ')}. Bring them up first: scripts/stack up`)
  }
  console.log(`export KAFKA_BROKER=${broker}`)
  console.log(`export REDIS_URL=${redisUrl}`)
  console.log(`export DATABASE_URL=${postgresUrl}`)
  // What nginx says about its clients' addresses is to be believed.
  if (record.nginx) console.log(`export TRUSTED_PROXIES=${LOOPBACK}`)
}

/** Prints the end of the logs; with `follow` goes on until it is interrupted. */
export async function showLogs({ folder, services, follow }: StackOptions): Promise<void> {
  const files = services.map((service) => logOf(folder, service)).filter((file) => existsSync(file))
  if (files.length === 0) throw new Error('There are no logs: scripts/stack up makes some.')
  const tail = ['tail', '-n', '40', ...(follow ? ['-F'] : []), ...files]
  await Bun.spawn(tail, { stdio: ['ignore', 'inherit', 'inherit'] }).exited
}
