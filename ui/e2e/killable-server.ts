import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, LOOPBACK } from '../../scripts/services/ports'
import { startServerProcess, type ServerProcess } from '../../server/testing/server-process'
import { tempFolder } from '../../server/testing/temp-folder'
import { requestsTo, type Requests } from './shop'

/** How long pages may take to be back: on a busy machine, attempts come up to 30 s apart. */
export const BACK_MS = 45_000

/** A server of its own process, which can be killed and comes back on the same port and data. */
export interface KillableServer extends Requests, AsyncDisposable {
  readonly url: string
  readonly port: number
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Resolves when it listens. */
  start(): Promise<void>
  /** While it does not run: keeps what it has on disk. */
  backUp(): void
  /** While it does not run: it has on disk what it had then. */
  restore(): void
}

export async function startKillableServer(
  env: Readonly<Record<string, string>> = {},
): Promise<KillableServer> {
  const folder = tempFolder()
  const [data, backup] = [join(folder.path, 'data'), join(folder.path, 'backup')]
  const port = await freePort()
  const url = `http://${LOOPBACK}:${port}`
  let running: ServerProcess | null = null

  async function start(): Promise<void> {
    running = startServerProcess({
      folder: folder.path,
      env: { PORT: String(port), HEARTBEAT_MS: '1000', ...env },
    })
    await running.listening()
  }
  async function kill(): Promise<void> {
    running?.child.kill('SIGKILL')
    await running?.child.exited
  }
  function copy(from: string, to: string): void {
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }

  await start()
  return {
    url,
    port,
    start,
    kill,
    ...requestsTo(url),
    backUp: () => copy(data, backup),
    restore: () => copy(backup, data),
    async [Symbol.asyncDispose]() {
      await kill()
      folder[Symbol.dispose]()
    },
  }
}
