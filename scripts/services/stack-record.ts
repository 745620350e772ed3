import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresUrl } from './postgres'
import { processOf, type ServiceProcess } from './process'
import { birthOf } from './process-table'
import { LOOPBACK } from './ports'
import { SERVICES, type ServiceName } from './stack-options'

/** What was started, as it is written down for the next command. */
export interface Started {
  readonly pid: number
  /** With the pid it names that process and no later one. */
  readonly birth: string
  readonly port: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly stopSignal: NodeJS.Signals
  /** The ports that nginx leads to. */
  readonly servers?: readonly number[]
}

export type StackRecord = Readonly<Partial<Record<ServiceName, Started>>>

const fileOf = (folder: string) => join(folder, 'stack.json')

export function readRecord(folder: string): StackRecord {
  const file = fileOf(folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackRecord) : {}
}

/** Writes it down, and beside it the addresses of what runs, for other programs. */
export function writeRecord(folder: string, record: StackRecord): void {
  write(fileOf(folder), record)
  write(join(folder, 'addresses.json'), addressesOf(record))
}

/** What a service wrote, over all its starts. */
export function logOf(folder: string, service: ServiceName): string {
  return join(folder, service, `${service}.log`)
}

/** The process that was started, if it still is that and runs. */
export function processIn(record: StackRecord, service: ServiceName): ServiceProcess | null {
  const started = record[service]
  return started ? processOf(started.pid, started.birth, started.stopSignal) : null
}

/** Whatever of it runs. */
export function running(record: StackRecord): StackRecord {
  return Object.fromEntries(
    SERVICES.flatMap((service) =>
      processIn(record, service) ? [[service, record[service]!] as const] : [],
    ),
  )
}

/** Where clients find what runs. */
export interface Addresses {
  readonly broker?: string
  readonly redisUrl?: string
  readonly postgresUrl?: string
  /** Of nginx. */
  readonly url?: string
}

export function addressesOf({ kafka, redis, postgres, nginx }: StackRecord): Addresses {
  return {
    ...(kafka && { broker: `${LOOPBACK}:${kafka.port}` }),
    ...(redis && { redisUrl: `redis://${LOOPBACK}:${redis.port}` }),
    ...(postgres && { postgresUrl: postgresUrl(postgres.port) }),
    ...(nginx && { url: `http://localhost:${nginx.port}` }),
  }
}

/** Runs `work` while no other command changes the same stack. Throws one sentence when one does. */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock')
  const mine = `${process.pid} ${birthOf(process.pid)}`
  if (existsSync(file)) {
    const [pid = '', ...birth] = readFileSync(file, 'utf8').split(' ')
    if (birthOf(Number(pid)) === birth.join(' '))
      throw new Error(`Another scripts/stack is at work on ${folder} (process ${pid}).`)
    rmSync(file, { force: true })
  }
  writeFileSync(file, mine, { flag: 'wx' })
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function write(file: string, value: object): void {
  writeFileSync(`${file}.next`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${file}.next`, file)
}
