import { join } from 'node:path'
import { createApp, type App } from './app'
import { createDemoSigner } from './auth/demo'
import { openDemoSecret } from './auth/demo-secret'
import { createVerifier } from './auth/tokens'
import type { Config } from './config'
import type { Engine } from './engine'
import { createHub, type Hub } from './hub/hub'
import type { Logger } from './lib/logger'
import { createNodeMetrics } from './node-metrics'
import { socketRoute, type SocketRoute } from './socket/route'
import { createUi } from './ui'
import { whatLags } from './worker-app'
import { describeWorker, type WorkerSources } from './worker-metrics'

/** A server, put together; nothing runs yet. */
export interface Node {
  readonly app: App
  readonly hub: Hub
  readonly sockets: SocketRoute
  /** Before it, nobody listens who could miss anything. */
  publishTo(server: Bun.Server<unknown>): void
  markDraining(): void
}

const UI_FOLDER = join(import.meta.dir, '../ui/dist')

/** @param worker what a worker in the same process tells of itself */
export async function createNode(
  config: Config,
  engine: Engine,
  worker: WorkerSources | null,
  logger: Logger,
): Promise<Node> {
  const demoSecret = config.auth.issuer.kind === 'demo' ? openDemoSecret(config.dataDir) : null
  const isRevoked = engine.revocations.isRevoked.bind(engine.revocations)
  const verify = await createVerifier({ settings: config.auth, demoSecret, isRevoked })
  let server: Bun.Server<unknown> | null = null
  let draining = false
  const publish = (topic: string, text: string) => void server?.publish(topic, text)
  const hub = createHub({ log: engine.log, publish, limits: config.hub, logger })
  const sockets = socketRoute({
    hub,
    verify,
    isRevoked,
    limits: config.socket,
    origins: config,
    logger,
  })
  sockets.publishStats(() => engine.orders.stats())
  const pendingAgeMs = () => engine.log.pendingAgeMs()
  const distributed = engine.health && { ...engine.health, log: () => hub.logStatus() }
  const metrics = createNodeMetrics({ hub, sockets, pendingAgeMs, distributed })
  if (worker) describeWorker(metrics, worker)
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
      ...(distributed && { distributed }),
      ...(worker && { worker: () => whatLags(worker) }),
      metrics: () => metrics.exposition(),
    },
  })
  return {
    app,
    hub,
    sockets,
    publishTo: (listening) => void (server = listening),
    markDraining: () => void (draining = true),
  }
}
