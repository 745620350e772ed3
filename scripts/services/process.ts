import { birthOf, descendantsOf } from './process-table'

/** One process with all that it started. */
export interface ServiceProcess {
  readonly pid: number
  /** With the pid it names this process and no later one. */
  readonly birth: string
  /** False once it has ended, for whatever reason. */
  readonly runs: boolean
  /** Ends it as a crash would, with all that it started; resolves when it is gone. */
  kill(): Promise<void>
  /** Asks it to end, and resolves when it has; what takes too long is killed. */
  stop(): Promise<void>
  /** Holds it still: connections stay, nothing answers. */
  pause(): void
  resume(): void
}

const STOP_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 20

/** The process of that pid; null when it has ended, or the pid is by now another's. */
export function processOf(
  pid: number,
  birth: string,
  stopSignal: NodeJS.Signals = 'SIGTERM',
): ServiceProcess | null {
  const runs = () => birthOf(pid) === birth
  if (!runs()) return null

  // Those below are looked up before a signal: without their parent nothing leads to them.
  const all = () => (runs() ? [pid, ...descendantsOf(pid)] : [])
  const sendAll = (signal: NodeJS.Signals) => {
    for (const each of all()) send(each, signal)
  }
  const kill = async () => {
    const pids = all()
    for (const each of pids) send(each, 'SIGKILL')
    if (!(await gone(pids))) throw new Error(`process ${pid} does not end`)
  }
  return {
    pid,
    birth,
    get runs() {
      return runs()
    },
    kill,
    async stop() {
      const pids = all()
      if (pids.length === 0) return
      send(pid, stopSignal)
      // What is held still hears of the signal only once it goes on.
      sendAll('SIGCONT')
      if (!(await gone(pids))) await kill()
    },
    pause: () => sendAll('SIGSTOP'),
    resume: () => sendAll('SIGCONT'),
  }
}

/** Whether all of them have ended in time. */
async function gone(pids: readonly number[]): Promise<boolean> {
  const deadline = performance.now() + STOP_WITHIN_MS
  const births = new Map(pids.map((pid) => [pid, birthOf(pid)]))
  const left = () => pids.some((pid) => birthOf(pid) !== null && birthOf(pid) === births.get(pid))
  while (left()) {
    if (performance.now() > deadline) return false
    await Bun.sleep(LOOK_EVERY_MS)
  }
  return true
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
