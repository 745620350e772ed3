import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import type { Subprocess } from 'bun'

/** A program that was started and has said that it serves. */
export interface ServiceProcess {
  readonly pid: number
  /** False once it has ended, for whatever reason. */
  readonly runs: boolean
  /** Ends it as a crash would, and resolves when it is gone. */
  kill(): Promise<void>
  /** Asks it to end, and resolves when it has; after a while it is killed. */
  stop(): Promise<void>
  /** Holds it still: connections stay, nothing answers. */
  pause(): void
  resume(): void
}

export interface Start {
  readonly name: string
  readonly command: readonly string[]
  readonly folder: string
  readonly logFile: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whether it serves; `log` is what it has written since it started. */
  readonly ready: (log: string) => boolean | Promise<boolean>
  readonly readyWithinMs?: number
  /** SIGTERM unless said otherwise. */
  readonly stopSignal?: NodeJS.Signals
  /** True: it outlives us. Else it ends with us, however we end. */
  readonly detached?: boolean
}

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 20
const TAIL_LINES = 25

const ours = new Set<Subprocess>()
process.on('exit', () => {
  for (const child of ours) child.kill('SIGKILL')
})

/** Resolves when it is ready. Rejects with the end of its log when it ends before, or takes too long. */
export async function startProcess(start: Start): Promise<ServiceProcess> {
  const log = openSync(start.logFile, 'a')
  const from = statSync(start.logFile).size
  const child = Bun.spawn([...(start.detached ? [] : endsWithUs()), ...start.command], {
    cwd: start.folder,
    env: { ...process.env, ...start.env },
    stdio: ['ignore', log, log],
    detached: start.detached ?? false,
  })
  closeSync(log)
  if (start.detached) child.unref()
  else keep(child)
  await waitUntilReady(start, child, from)
  return processOf(child, start.stopSignal ?? 'SIGTERM')
}

function keep(child: Subprocess): void {
  ours.add(child)
  void child.exited.finally(() => ours.delete(child))
}

/** The kernel's promise, for the ends of which we hear nothing ourselves. */
function endsWithUs(): readonly string[] {
  const setpriv = process.platform === 'linux' ? Bun.which('setpriv') : null
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : []
}

async function waitUntilReady(start: Start, child: Subprocess, from: number): Promise<void> {
  const { name, logFile, ready, readyWithinMs = READY_WITHIN_MS } = start
  const deadline = performance.now() + readyWithinMs
  const written = () => readFileSync(logFile).subarray(from).toString()
  while (child.exitCode === null && child.signalCode === null) {
    if (await ready(written())) return
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      await child.exited
      throw new Error(`${name} did not serve within ${readyWithinMs / 1_000} s: ${tail(written())}`)
    }
    await Promise.race([Bun.sleep(LOOK_EVERY_MS), child.exited])
  }
  throw new Error(`${name} ended (${child.signalCode ?? child.exitCode}): ${tail(written())}`)
}

function tail(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-TAIL_LINES)
  return lines.join('\n') === '' ? 'it wrote no log' : `the end of its log:\n${lines.join('\n')}`
}

function processOf(child: Subprocess, stopSignal: NodeJS.Signals): ServiceProcess {
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    // A process that is held still takes no other signal.
    if (signal !== 'SIGKILL') child.kill('SIGCONT')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await child.exited
    clearTimeout(timer)
  }
  return {
    pid: child.pid,
    get runs() {
      return child.exitCode === null && child.signalCode === null
    },
    kill: () => end('SIGKILL'),
    stop: () => end(stopSignal),
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
  }
}
