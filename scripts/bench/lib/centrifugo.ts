import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, LOOPBACK } from '../../services/ports'
import { SECRET } from './children'
import { now } from './clock'

/** A Centrifugo 6 with the Redis engine, history and recovery; killed and started as often as wanted. */
export interface Centrifugo {
  readonly port: number
  readonly pid: number
  /** Resolves when it answers, to when that was. */
  start(): Promise<{ readonly port: number; readonly listeningAt: number }>
  /** In the order given, as `[channel, data]`. */
  publish(events: readonly (readonly [string, unknown])[]): Promise<void>
  stop(): Promise<void>
}

const API_KEY = 'a key for benchmarks alone'
const BATCH = 500
const READY_WITHIN_MS = 30_000

/** The program, if it is on the PATH. */
export function findCentrifugo(): string | null {
  return Bun.which('centrifugo')
}

/** @param historySize of each channel: more than anybody misses */
export async function createCentrifugo(
  program: string,
  folder: string,
  redisUrl: string,
  historySize: number,
): Promise<Centrifugo> {
  const port = await freePort()
  const file = join(folder, 'centrifugo.json')
  writeFileSync(file, JSON.stringify(configOf(port, redisUrl, historySize)))
  let child: Bun.Subprocess | null = null

  async function call(method: string, body: unknown): Promise<void> {
    const response = await fetch(`http://${LOOPBACK}:${port}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
      body: JSON.stringify(body),
    })
    const answer = await response.text()
    if (!response.ok || answer.includes('"error":{'))
      throw new Error(`Centrifugo answered ${response.status}: ${answer.slice(0, 300)}`)
  }

  return {
    port,
    get pid() {
      return child!.pid
    },
    async start() {
      child = Bun.spawn([program, '--config', file], { cwd: folder, stdio: ['ignore', 2, 2] })
      const deadline = now() + READY_WITHIN_MS
      for (;;) {
        const healthy = await fetch(`http://${LOOPBACK}:${port}/health`).then(
          ({ ok }) => ok,
          () => false,
        )
        if (healthy) return { port, listeningAt: now() }
        if (now() > deadline || child.exitCode !== null)
          throw new Error('Centrifugo did not start (see above)')
        await Bun.sleep(2)
      }
    },
    async publish(events) {
      for (let from = 0; from < events.length; from += BATCH) {
        const commands = events
          .slice(from, from + BATCH)
          .map(([channel, data]) => ({ publish: { channel, data } }))
        await call('batch', { commands })
      }
    },
    async stop() {
      child?.kill('SIGKILL')
      await child?.exited
    },
  }
}

function configOf(port: number, redisUrl: string, historySize: number) {
  return {
    http_server: { address: LOOPBACK, port },
    engine: { type: 'redis', redis: { address: redisUrl } },
    client: { token: { hmac_secret_key: SECRET } },
    http_api: { key: API_KEY },
    health: { enabled: true },
    log: { level: 'warn' },
    channel: {
      without_namespace: {
        history_size: historySize,
        history_ttl: '1h',
        force_recovery: true,
        allow_subscribe_for_client: true,
      },
    },
  }
}
