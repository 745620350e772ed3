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
  const end = async (pids: readonly number[], signal: NodeJS.Signals, to: readonly number[]) => {
    const left = leftOf(pids)
    for (const each of to) send(each, signal)
    // What is held still hears of the signal only once it goes on.
    for (const each of pids) send(each, 'SIGCONT')
    return left(STOP_WITHIN_MS)
  }
  const kill = async (pids: readonly number[] = all()) => {
    const left = await end(pids, 'SIGKILL', pids)
    if (left.length > 0) throw new Error(`Processes do not end: ${left.join(', ')}.`)
  }
  return {
    pid,
    birth,
    get runs() {
      return runs()
    },
    kill: () => kill(),
    async stop() {
      const pids = all()
      if (pids.length > 0) await kill(await end(pids, stopSignal, [pid]))
    },
    pause: () => sendAll('SIGSTOP'),
    resume: () => sendAll('SIGCONT'),
  }
}

/** Waits for their end; resolves to those that have not ended in time. */
function leftOf(pids: readonly number[]): (withinMs: number) => Promise<readonly number[]> {
  const births = new Map(pids.map((pid) => [pid, birthOf(pid)]))
  const left = () => pids.filter((pid) => birthOf(pid) !== null && birthOf(pid) === births.get(pid))
  return async (withinMs) => {
    const deadline = performance.now() + withinMs
    while (left().length > 0 && performance.now() < deadline) await Bun.sleep(LOOK_EVERY_MS)
    return left()
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
