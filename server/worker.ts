import type { Config, DistributedSettings } from './config'
import { openWorkerEngine } from './engine-worker'
import { AppError } from './errors'
import type { Logger } from './lib/logger'
import { listenOn, urlOf } from './listen'
import { runProcess } from './process'
import { workerApp } from './worker-app'
import type { WorkerSources } from './worker-metrics'

/** The loops behind the servers, running. */
export interface RunningWorker {
  readonly sources: WorkerSources
  stop(): Promise<void>
}

/**
 * Starts mirror, relay and the log's upkeep. What cannot be reached yet is tried until it can. Throws an
 * `AppError` with one sentence for people where that is of no use.
 */
export async function startWorker(
  config: Config,
  settings: DistributedSettings,
  logger: Logger,
): Promise<RunningWorker> {
  const engine = await openWorkerEngine(config, settings, logger)
  const { mirror, relay, upkeep } = engine
  mirror.start()
  relay?.start()
  upkeep.start()
  return {
    sources: {
      mirror: () => mirror.stats(),
      relay: relay && (() => relay.stats()),
      ceiling: () => upkeep.ceiling(),
    },
    async stop() {
      await Promise.all([mirror.stop(), relay?.stop(), upkeep.stop()])
      await engine.close()
    },
  }
}

/** A worker with a port of its own, where it tells how it is. */
export async function serveWorker(config: Config, logger: Logger) {
  if (config.engine.kind === 'embedded') {
    throw new AppError(
      'no_worker',
      500,
      'The embedded engine has no worker: expected KAFKA_BROKER, REDIS_URL and DATABASE_URL.',
    )
  }
  const worker = await startWorker(config, config.engine, logger)
  let draining = false
  try {
    const app = workerApp({ ...worker.sources, isDraining: () => draining, logger })
    const { port, host } = config.worker
    const server = listenOn(app, { port, host, setting: 'WORKER_PORT' })
    return {
      url: urlOf(host, server.port ?? port),
      async stop() {
        draining = true
        await worker.stop()
        await server.stop(true)
      },
    }
  } catch (error) {
    await worker.stop()
    throw error
  }
}

if (import.meta.main) {
  await runProcess(async (config, logger) => {
    const { url, stop } = await serveWorker(config, logger)
    return {
      banner: `Orderwire's worker tells how it is on ${url}/health/ready\n`,
      about: { url },
      stop,
    }
  })
}
