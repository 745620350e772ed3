/** The real worker, as `server/worker.ts` puts it together. */
import { loadConfig } from '../../../server/config'
import { createLogger } from '../../../server/lib/logger'
import { serveWorker } from '../../../server/worker'
import { answerCommands } from '../lib/commands'
import { cpuMs } from '../lib/clock'
import { SETTINGS } from './settings'

const commands = {
  async start(env: Readonly<Record<string, string>>): Promise<void> {
    const config = loadConfig({ ...SETTINGS, ...env, WORKER_PORT: '0' })
    await serveWorker(config, createLogger(config.logLevel))
  },
  cpuMs,
}

export type WorkerCommands = typeof commands

answerCommands(commands)
