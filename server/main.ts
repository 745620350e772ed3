import type { Config } from './config'
import { openEngine, type Engine } from './engine'
import type { Hub } from './hub/hub'
import type { Logger } from './lib/logger'
import { listenOn, urlOf } from './listen'
import { createNode, type Node } from './node'
import { runProcess } from './process'
import type { SocketRoute } from './socket/route'
import { startWorker, type RunningWorker } from './worker'

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

/** So many sockets are told to move at a time, and so often. */
const DRAIN_STAGE_SOCKETS = 200
const DRAIN_STAGE_MS = 250
/** After this the server listens, whether its window is loaded or not. */
const WINDOW_WAIT_MS = 3_000
/** What requests that are being answered get when everything else has ended. */
const LAST_REQUESTS_MS = 2_000
/** How long a busy server looks for a moment to close its door in. */
const QUIET_MOMENT_MS = 500

/**
 * Opens the engine, puts everything together and listens. Throws an `AppError` with one sentence for
 * people where it cannot.
 * @param onFailure told later, when the log cannot be followed for good
 */
export async function serve(
  config: Config,
  logger: Logger,
  onFailure: () => void = () => {},
): Promise<Running> {
  const opened: { close(): Promise<void> }[] = []
  const following = new AbortController()
  async function close(): Promise<void> {
    following.abort()
    for (const part of opened.toReversed()) await part.close()
  }
  try {
    const engine = await openEngine(config, logger)
    opened.push(engine)
    const worker = await startWorkerBeside(config, logger)
    if (worker) opened.push({ close: () => worker.stop() })
    const node = await createNode(config, engine, worker?.sources ?? null, logger)
    await loadWindow(node.hub, following.signal, (error) => {
      logger.fatal({ err: error }, 'the log cannot be followed')
      onFailure()
    })
    const server = listenOn(node.app, { ...config, setting: 'PORT' })
    node.publishTo(server)
    const port = server.port ?? config.port
    return {
      port,
      url: urlOf(config.host, port),
      engine,
      hub: node.hub,
      sockets: node.sockets,
      async stop() {
        await drain(node, config)
        await answerLastRequests(server)
        await server.stop(true)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** `ROLE=all`: the loops of a worker in this process. */
function startWorkerBeside(config: Config, logger: Logger): Promise<RunningWorker> | null {
  return config.role === 'all' && config.engine.kind === 'distributed'
    ? startWorker(config, config.engine, logger)
    : null
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

async function drain({ sockets, markDraining }: Node, config: Config): Promise<void> {
  markDraining()
  await Bun.sleep(config.drainWaitMs)
  const stages = Math.max(1, Math.ceil(sockets.connections() / DRAIN_STAGE_SOCKETS))
  const overMs = Math.min(config.drainMs, (stages - 1) * DRAIN_STAGE_MS)
  await sockets.drain({ stages, overMs })
}

/** Bun's own `stop` would wait for connections that are merely kept alive. */
async function answerLastRequests(server: Bun.Server<unknown>): Promise<void> {
  // A connection that the system took and the event loop has not seen yet is reset by `stop`.
  await noRequests(server, QUIET_MOMENT_MS)
  await new Promise(setImmediate)
  void server.stop()
  await noRequests(server, LAST_REQUESTS_MS)
}

async function noRequests(server: Bun.Server<unknown>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(5)
}

if (import.meta.main) {
  await runProcess(async (config, logger, fail) => {
    const { url, stop } = await serve(config, logger, fail)
    const about = { url, engine: config.engine.kind, dataDir: config.dataDir }
    return { banner: banner(url, config), about, stop }
  })
}

function banner(url: string, { auth }: Config): string {
  const signIn =
    auth.issuer.kind === 'demo'
      ? 'Sign in there as alice or bob (customers), as sam (staff), or with any name.'
      : 'Demo sign-in is off: tokens come from your own issuer.'
  return `Orderwire listens on ${url}\n${signIn}\nThe API is described at ${url}/openapi\n`
}
