import { join } from 'node:path'
import { createApp, type App } from './app'
import { createDemoSigner } from './auth/demo'
import { openDemoSecret } from './auth/demo-secret'
import { createVerifier } from './auth/tokens'
import { loadConfig, type Config } from './config'
import { openEngine, type Engine } from './engine'
import { AppError } from './errors'
import { createLogger, type Logger } from './lib/logger'
import { formatCursor, type Cursor } from './protocol/cursor'
import { createUi } from './ui'

/** A server that listens. */
export interface Running {
  readonly port: number
  /** For people on this machine: `http://localhost:3009`. */
  readonly url: string
  readonly engine: Engine
  /** Ends it in order; resolves when everything is closed. */
  stop(): Promise<void>
}

const UI_FOLDER = join(import.meta.dir, '../ui/dist')

/**
 * Opens the engine, puts everything together and listens. Throws an `AppError` with one sentence for
 * people where it cannot.
 */
export async function serve(config: Config, logger: Logger): Promise<Running> {
  const engine = await openEngine(config, logger)
  try {
    const demoSecret = config.auth.issuer.kind === 'demo' ? openDemoSecret(config.dataDir) : null
    const verify = await createVerifier({
      settings: config.auth,
      demoSecret,
      isRevoked: (subject, issuedAt) => engine.revocations.isRevoked(subject, issuedAt),
    })
    let position = await newestCursor(engine)
    engine.onCommit(() => void newestCursor(engine).then((cursor) => (position = cursor)))
    let draining = false
    const app = createApp({
      config,
      engine,
      health: {
        isDraining: () => draining,
        position: () => position,
        ageMs: () => engine.log.pendingAgeMs(),
        pendingAgeMs: () => engine.log.pendingAgeMs(),
      },
      verify,
      signDemoToken: demoSecret === null ? null : await createDemoSigner(demoSecret, config.auth),
      serveUi: createUi(UI_FOLDER),
      logger,
    })
    const server = listen(app, config)
    const port = server.port ?? config.port
    return {
      port,
      url: `http://${urlHost(config.host)}:${port}`,
      engine,
      async stop() {
        draining = true
        await server.stop(true)
        engine.close()
      },
    }
  } catch (error) {
    engine.close()
    throw error
  }
}

async function newestCursor({ log }: Engine): Promise<Cursor> {
  const newest = (await log.newest(1, 1)).at(-1)!
  return formatCursor(newest.id, newest.tag)
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
  const running = await serve(config, logger)
  logger.info({ url: running.url, engine: config.engine, dataDir: config.dataDir }, 'listening')
  process.stderr.write(banner(running.url, config))

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
