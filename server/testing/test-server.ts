import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DemoRole } from '../auth/demo'
import { loadConfig } from '../config'
import type { Engine } from '../engine'
import type { Hub } from '../hub/hub'
import { createLogger } from '../lib/logger'
import { serve, type Running } from '../main'

/** One line of the log, as the process would have written it. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

/** The server that `main.ts` runs, in this process, on a free port, with a data folder of its own. */
export interface TestServer {
  readonly url: string
  readonly wsUrl: string
  readonly port: number
  /** What `serve` put together; another one after `restart`, like the two below. */
  readonly running: Running
  readonly engine: Engine
  readonly hub: Hub
  readonly dataDir: string
  readonly logLines: readonly LogLine[]
  /** A token of the demo sign-in, over REST. */
  signIn(name: string, role?: DemoRole): Promise<string>
  /** Asks `path` of the server; `json` is sent as the body, `token` as the credential. */
  request(path: string, options?: TestRequest): Promise<Response>
  /** Stops it and starts it again on the same port and folder. */
  restart(): Promise<void>
  /** Stops it and removes the data folder. */
  stop(): Promise<void>
}

export interface TestRequest {
  readonly method?: string
  readonly token?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const DEFAULTS = { LOG_LEVEL: 'debug', DRAIN_MS: '1000' }

export async function startTestServer(
  overrides: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const ownFolder = overrides.DATA_DIR ? null : mkdtempSync(join(tmpdir(), 'orderwire-test-'))
  const logLines: LogLine[] = []
  const env = { ...DEFAULTS, DATA_DIR: ownFolder ?? undefined, ...overrides }
  const start = async (port: string) => {
    const config = loadConfig({ ...env, REALTIME_PORT: port })
    const write = (line: string) => void logLines.push(JSON.parse(line) as LogLine)
    return { config, running: await serve(config, createLogger(config.logLevel, write)) }
  }
  let { config, running } = await start(overrides.REALTIME_PORT ?? overrides.PORT ?? '0')
  const { port } = running
  const host = `127.0.0.1:${port}`

  const request: TestServer['request'] = (path, options = {}) => {
    const { token, json } = options
    return fetch(`http://${host}${path}`, {
      method: options.method ?? (json === undefined ? 'GET' : 'POST'),
      redirect: 'manual',
      body: json === undefined ? undefined : JSON.stringify(json),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...options.headers,
      },
    })
  }

  return {
    url: `http://${host}`,
    wsUrl: `ws://${host}/ws`,
    port,
    dataDir: config.dataDir,
    logLines,
    get running() {
      return running
    },
    get engine() {
      return running.engine
    },
    get hub() {
      return running.hub
    },
    request,
    async signIn(name, role) {
      const response = await request('/api/demo/sign-in', { json: { name, role } })
      if (!response.ok) throw new Error(`sign-in was answered ${await response.text()}`)
      return ((await response.json()) as { token: string }).token
    },
    async restart() {
      await running.stop()
      ;({ config, running } = await start(String(port)))
    },
    async stop() {
      await running.stop()
      if (ownFolder !== null) rmSync(ownFolder, { recursive: true })
    },
  }
}
