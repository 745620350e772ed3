import { freePort } from '../../services/ports'
import type { Bench } from '../lib/bench'
import { createCentrifugo } from '../lib/centrifugo'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { environmentOf, topicsOf } from '../lib/distributed'
import { sampleOrder } from '../lib/payload'
import type { Child } from '../lib/process'
import { commandsBetween, factsOf, withRedis } from '../lib/redis-facts'
import type { Services } from '../lib/services'
import { subjectOf } from '../lib/tokens'
import type { LoadCommands } from '../load'
import { BOARD } from '../load/resume'
import type { LogWriterCommands } from '../servers/log-writer'
import type { OrderwireCommands } from '../servers/orderwire'
import type { SocketIoStreamsCommands } from '../servers/socket-io-streams'

/** Who comes back, and what they missed. */
export interface Case {
  readonly name: string
  readonly clients: number
  /** Whose own orders they follow, in turns; null: the board. */
  readonly customers: number | null
  /** Whose events the log holds, in turns: at least those whom somebody follows. */
  readonly customersInLog: number
  /** In the log before anybody loses the connection, and after that: in turns for all customers. */
  readonly history: number
  readonly missed: number
  /** Of those missed, what each client is to get. */
  readonly missedEach: number
}

export interface Run {
  /** From the server's listening until the last client has everything. */
  readonly ms: number
  /** Commands that Redis carried out in that time, of every kind, for each client. */
  readonly commands: number
  /** Of our own server: opening its stores and loading the window, before it listens. */
  readonly openedMs: number
  readonly serverCpuMs: number
  readonly generatorShare: number
}

type Keep = <C extends { stop(): Promise<void> }>(child: C) => C

/** A log that holds nothing, who writes into it, and who plays the clients. */
async function openStage(keep: Keep, services: Services) {
  const redis = keep(await services.startRedis())
  const env = environmentOf(services, redis.url, topicsOf('resume'))
  const load = keep(await spawnBench<LoadCommands>('load.ts'))
  const writer = keep(await spawnBench<LogWriterCommands>('servers/log-writer.ts'))
  await writer.ask('start', redis.url)
  return { redis, env, load, writer }
}

/** The server is killed while all are away; the next one finds nothing but what Redis holds. */
export async function measureOurs(bench: Bench, services: Services, which: Case): Promise<Run> {
  const { clients, customers, customersInLog, history, missed } = which
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const { redis, env, load, writer } = await openStage(keep, services)
      await writer.ask('append', history, customersInLog)
      const before = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts'))
      const port = await freePort()
      await before.ask('start', { dataDir, port, env })
      await load.ask('connect', {
        protocol: 'orderwire',
        port,
        secret: SECRET,
        channel: customers === null ? 'admin' : 'orders',
        subjects: customers ?? clients,
        firstSubject: 0,
        socketsEach: clients / (customers ?? clients),
      })
      const cursor = await writer.ask('cursor')
      await load.ask('reset')
      await writer.ask('append', missed, customersInLog)
      await before.stop()
      await load.ask('prepareResume', {
        ...{ secret: SECRET, clients, cursor },
        ...(customers !== null && { customers }),
      })
      const after = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
      return comeBack(which, redis.url, load, after, () =>
        after.ask('start', { dataDir, port, env }),
      )
    }),
  )
}

/** What our server sends to one client of the case's channel that comes back. */
export function captureOurs(services: Services, which: Case): Promise<string[]> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const { env, load, writer } = await openStage(keep, services)
      await writer.ask('append', which.history, which.customersInLog)
      const cursor = await writer.ask('cursor')
      await writer.ask('append', which.missed, which.customersInLog)
      const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts'))
      const { port } = await server.ask('start', { dataDir, env })
      return load.ask('captureResume', port, SECRET, cursor)
    }),
  )
}

/** @param runtime and the file that it runs, as TypeScript or bundled */
export async function measureSocketIo(
  services: Services,
  which: Case,
  { runtime, file }: { readonly runtime?: string; readonly file: string },
): Promise<Run> {
  const { clients, customers, customersInLog, history, missed } = which
  const channel = customers === null ? 'admin' : 'orders'
  const spawn = () => spawnBench<SocketIoStreamsCommands>(file, runtime ? { runtime } : {})
  return withChildren(async (keep) => {
    const redis = keep(await services.startRedis())
    const load = keep(await spawnBench<LoadCommands>('load.ts'))
    const before = keep(await spawn())
    const port = await freePort()
    await before.ask('start', redis.url, port)
    await before.ask('publish', channel, history, customersInLog)
    await load.ask('connectRecoverable', {
      ...{ port, clients },
      ...(customers !== null && { customers }),
    })
    await before.ask('mark', customers)
    while ((await load.ask('marked')) < clients) await Bun.sleep(10)
    await load.ask('reset')
    await before.ask('sessionsKept', clients)
    await before.ask('publish', channel, missed, customersInLog)
    await before.stop()
    await load.ask('prepareRecovery')
    const after = keep(await spawn())
    return comeBack(which, redis.url, load, after, async () => ({
      ...(await after.ask('start', redis.url, port)),
      openedMs: 0,
    }))
  })
}

/** Centrifugo 6 with its Redis engine. It tells its CPU to nobody. */
export function measureCentrifugo(services: Services, which: Case, program: string): Promise<Run> {
  const { clients, customers, customersInLog, history, missed } = which
  const eventsFrom = (first: number, count: number): (readonly [string, unknown])[] =>
    Array.from({ length: count }, (_, index) => {
      const customer = subjectOf('customer', (first + index) % customersInLog)
      return [customers === null ? BOARD : customer, sampleOrder(first + index, customer)]
    })
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const redis = keep(await services.startRedis())
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const centrifugo = keep(
        await createCentrifugo(program, dataDir, redis.url, history + missed + 1),
      )
      const { port } = await centrifugo.start()
      await centrifugo.publish(eventsFrom(0, history))
      await load.ask('connectPositioned', {
        ...{ port, clients, secret: SECRET },
        ...(customers !== null && { customers }),
      })
      await load.ask('reset')
      await centrifugo.publish(eventsFrom(history, missed))
      await centrifugo.stop()
      await load.ask('preparePositioned')
      const untold = { ask: () => Promise.resolve(0) }
      return comeBack(which, redis.url, load, untold, async () => ({
        ...(await centrifugo.start()),
        openedMs: 0,
      }))
    }),
  )
}

interface Started {
  readonly port: number
  readonly listeningAt: number
  readonly openedMs: number
}

/** Rejects unless each client got exactly what it had missed. */
async function comeBack(
  { clients, missedEach, name }: Case,
  redisUrl: string,
  load: Child<LoadCommands>,
  server: { ask(name: 'cpuMs'): Promise<number> },
  start: () => Promise<Started>,
): Promise<Run> {
  return withRedis(redisUrl, async (redis) => {
    await redis.ping()
    const { port, listeningAt, openedMs } = await start()
    const before = await factsOf(redis)
    const resuming = load.ask('resume', port)
    const cpuBefore = await server.ask('cpuMs')
    const { fewest, most, lastCaughtUpAt, generatorShare } = await resuming
    const serverCpuMs = (await server.ask('cpuMs')) - cpuBefore
    const commands = commandsBetween(before, await factsOf(redis))
    if (fewest !== missedEach || most !== missedEach)
      throw new Error(`${name}: clients received ${fewest} to ${most}, expected ${missedEach}`)
    const count = [...commands.values()].reduce((sum, calls) => sum + calls, 0)
    return {
      ms: lastCaughtUpAt - listeningAt,
      commands: count / clients,
      openedMs,
      serverCpuMs,
      generatorShare,
    }
  })
}
