import { join } from 'node:path'
import { createApp, type App } from './app'
import { createDemoSigner } from './auth/demo'
import { openDemoSecret } from './auth/demo-secret'
import { createVerifier } from './auth/tokens'
import { loadConfig, type Config } from './config'
import { openEngine, type Engine } from './engine'
import { AppError } from './errors'
import { createHub, type Hub } from './hub/hub'
import { createLogger, type Logger } from './lib/logger'
import { nodeMetrics } from './node-metrics'
import { socketRoute, type SocketRoute } from './socket/route'
import { createUi } from './ui'

/** A server that listens. */
export interface Running {
  readonly port: number
  /** For people on this machine: `http://localhost:3009`. */
  readonly url: string
  readonly engine: Engine
  readonly hub: Hub
  readonly sockets: SocketRoute
  /**
   * Ends it in order: not ready, no new sockets, the open ones told to move in stages, requests
   * answered, engine closed. Takes `drainMs` at most, and a little more for the requests.
   */
  stop(): Promise<void>
}

const UI_FOLDER = join(import.meta.dir, '../ui/dist')

/** So many sockets are told to move at a time, and so often. */
const DRAIN_STAGE_SOCKETS = 200
const DRAIN_STAGE_MS = 250
/** After this the server listens, whether its window is loaded or not. */
const WINDOW_WAIT_MS = 3_000
/** What requests that are being answered get when everything else has ended. */
const LAST_REQUESTS_MS = 2_000

/**
 * Opens the engine, puts everything together and listens. Throws an `AppError` with one sentence for
 * people where it cannot.
 */
export async function serve(
  config: Config,
  logger: Logger,
  onFailure: (error: unknown) => void = () => {},
): Promise<Running> {
  const engine = await openEngine(config, logger)
  const following = new AbortController()
  try {
    const parts = await connect(config, engine, logger)
    const { app, hub, sockets } = parts
    await loadWindow(hub, following.signal, (error) => {
      logger.fatal({ err: error }, 'the log cannot be followed')
      onFailure(error)
    })
    const server = listen(app, config)
    parts.publishTo(server)
    const port = server.port ?? config.port
    return {
      port,
      url: `http://${urlHost(config.host)}:${port}`,
      engine,
      hub,
      sockets,
      async stop() {
        parts.markDraining()
        const stages = Math.max(1, Math.ceil(sockets.connections() / DRAIN_STAGE_SOCKETS))
        await sockets.drain({
          stages,
          overMs: Math.min(config.drainMs, (stages - 1) * DRAIN_STAGE_MS),
        })
        await answerLastRequests(server)
        await server.stop(true)
        following.abort()
        await engine.close()
      },
    }
  } catch (error) {
    following.abort()
    await engine.close()
    throw error
  }
}

/**
 * Waits for the window, but not for ever: a shared log may be out of reach, or not filled yet, and
 * orders are served without it. What makes it unusable for good within that time rejects; later,
 * `onFailure` is told.
 */
async function loadWindow(
  hub: Hub,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const loaded = hub.start(signal)
  const waited = Promise.withResolvers<void>()
  const timer = setTimeout(waited.resolve, WINDOW_WAIT_MS)
  try {
    await Promise.race([loaded, waited.promise])
  } finally {
    clearTimeout(timer)
  }
  loaded.catch(onFailure)
}

/** Everything between the engine and the port, put together; nothing runs yet. */
async function connect(config: Config, engine: Engine, logger: Logger) {
  const demoSecret = config.auth.issuer.kind === 'demo' ? openDemoSecret(config.dataDir) : null
  const verify = await createVerifier({
    settings: config.auth,
    demoSecret,
    isRevoked: (subject, issuedAt) => engine.revocations.isRevoked(subject, issuedAt),
  })
  let server: Bun.Server<unknown> | null = null
  let draining = false
  const publish = (topic: string, text: string) => void server?.publish(topic, text)
  const hub = createHub({ log: engine.log, publish, limits: config.hub, logger })
  const sockets = socketRoute({ hub, verify, limits: config.socket, origins: config, logger })
  sockets.publishStats(() => engine.orders.stats())
  const pendingAgeMs = () => engine.log.pendingAgeMs()
  const app = createApp({
    config,
    engine,
    verify,
    sockets,
    signDemoToken: demoSecret === null ? null : await createDemoSigner(demoSecret, config.auth),
    serveUi: createUi(UI_FOLDER),
    logger,
    health: {
      isDraining: () => draining,
      position: () => hub.position(),
      ageMs: () => hub.ageMs(),
      pendingAgeMs,
      metrics: () => nodeMetrics(hub, sockets, pendingAgeMs()),
    },
  })
  return {
    app,
    hub,
    sockets,
    /** Before it, nobody listens who could miss anything. */
    publishTo: (listening: Bun.Server<unknown>) => void (server = listening),
    markDraining: () => void (draining = true),
  }
}

function listen(app: App, { host, port }: Config): Bun.Server<unknown> {
  try {
    app.listen({ hostname: host, port })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new AppError(
      'cannot_listen',
      500,
      LISTEN_FAILURES[code]?.(host, port) ?? `Cannot listen on ${host}, port ${port} (${code}).`,
      { cause },
    )
  }
  return app.server!
}

const LISTEN_FAILURES: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_, port) =>
    `Port ${port} is in use: stop what listens there, or set PORT to another.`,
  EACCES: (_, port) => `Port ${port} may not be opened by this user: set PORT to one above 1023.`,
  EADDRNOTAVAIL: (host) => `HOST is ${host}, which is no address of this machine.`,
}

/** Bun's own `stop` would wait for connections that are merely kept alive. */
async function answerLastRequests(server: Bun.Server<unknown>): Promise<void> {
  void server.stop()
  const deadline = performance.now() + LAST_REQUESTS_MS
  while (server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(10)
}

function urlHost(host: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** The process: settings from the environment, a banner, signals, and an exit code. */
async function main(): Promise<void> {
  const config = loadConfig(process.env)
  const logger = createLogger(config.logLevel)
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event)
      process.exit(1)
    })
  }
  const running = await serve(config, logger, () => process.exit(1))
  let stopping = false
  const stop = (signal: string) => {
    // The second signal is from somebody who does not want to wait.
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    running.stop().then(
      () => {
        logger.info('stopped')
        process.exit(0)
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.stderr.write(banner(running.url, config))
  logger.info(
    { url: running.url, engine: config.engine.kind, dataDir: config.dataDir },
    'listening',
  )
}

function banner(url: string, { auth }: Config): string {
  const signIn =
    auth.issuer.kind === 'demo'
      ? 'Sign in there as alice or bob (customers), as sam (staff), or with any name.'
      : 'Demo sign-in is off: tokens come from your own issuer.'
  return `Orderwire listens on ${url}\n${signIn}\nThe API is described at ${url}/openapi\n`
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    // What people can put right is a sentence; anything else is a defect and shows its stack.
    const text = error instanceof AppError ? error.message : Bun.inspect(error)
    process.stderr.write(`${text}\n`, () => process.exit(1))
  }
}
