import type { ServiceProcess } from './process'
import { startProcess, type Start } from './start'

/** A service on its own ports and data, that can be ended and started again. */
export interface Service extends AsyncDisposable {
  /** Of the process that runs, or ran last. */
  readonly pid: number
  /** With the pid it names this process and no later one. */
  readonly birth: string
  readonly runs: boolean
  /** What it writes, over all its starts. */
  readonly logFile: string
  /** SIGKILL to all its processes, as a crash; resolves when it is gone. */
  kill(): Promise<void>
  /** Lets it end in order; resolves when it has. */
  stop(): Promise<void>
  /** Starts it on the same ports and data; one that runs is stopped before. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay, nothing answers. */
  pause(): void
  resume(): void
}

/** Starts it; `cleanUp` runs after it was stopped by disposing of it. */
export async function startService(
  start: Start,
  cleanUp: () => void | Promise<void> = () => {},
): Promise<Service> {
  let current: ServiceProcess = await startProcess(start)
  return {
    logFile: start.logFile,
    get pid() {
      return current.pid
    },
    get birth() {
      return current.birth
    },
    get runs() {
      return current.runs
    },
    kill: () => current.kill(),
    stop: () => current.stop(),
    async restart() {
      await current.stop()
      current = await startProcess(start)
    },
    pause: () => current.pause(),
    resume: () => current.resume(),
    async [Symbol.asyncDispose]() {
      await current.stop()
      await cleanUp()
    },
  }
}
