import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import type { Subprocess } from 'bun'
import { processOf, type ServiceProcess } from './process'
import { birthOf, descendantsOf } from './process-table'
import { runAs, type User } from './user'
import { endsWithUs } from './ends-with-us'

/** How a program is started, and by what we know that it serves. */
export interface Start {
  /** For people: `Kafka on port 9092`. */
  readonly name: string
  readonly command: readonly string[]
  readonly folder: string
  readonly logFile: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whether it serves; `log` is what it has written since it started. */
  readonly ready: (log: string, pid: number) => boolean
  /** SIGTERM unless said otherwise. */
  readonly stopSignal?: NodeJS.Signals
  /** True: once it serves, it outlives us. Else it ends with us, however we end. */
  readonly detached?: boolean
  /** The user that it runs as; ours unless said otherwise. */
  readonly user?: User | null
}

const READY_WITHIN_MS = 90_000
const LOOK_EVERY_MS = 20
const TAIL_LINES = 20

const ours = new Set<Subprocess>()
process.on('exit', () => {
  for (const { pid } of ours) for (const each of [pid, ...descendantsOf(pid)]) killNow(each)
})

/** Resolves when it is ready. Rejects with the end of its log when it ends before, or takes too long. */
export async function startProcess(start: Start): Promise<ServiceProcess> {
  const { detached = false, user = null } = start
  const before = [...runAs(user, start.folder), ...(detached ? [] : endsWithUs())]
  const log = openSync(start.logFile, 'a')
  const from = statSync(start.logFile).size
  const child = Bun.spawn([...before, ...start.command], {
    cwd: start.folder,
    env: { ...process.env, ...start.env },
    stdio: ['ignore', log, log],
    detached,
  })
  closeSync(log)
  const birth = birthOf(child.pid)
  keep(child)
  await waitUntilReady(start, child, from)
  if (detached) letGo(child)
  const running = birth === null ? null : processOf(child.pid, birth, start.stopSignal)
  if (running === null) throw new Error(`${start.name} ended as soon as it served.`)
  return running
}

function keep(child: Subprocess): void {
  ours.add(child)
  void child.exited.finally(() => ours.delete(child))
}

function letGo(child: Subprocess): void {
  ours.delete(child)
  child.unref()
}

async function waitUntilReady(start: Start, child: Subprocess, from: number): Promise<void> {
  const { name, logFile, ready } = start
  const deadline = performance.now() + READY_WITHIN_MS
  const written = () => readFileSync(logFile).subarray(from).toString()
  while (child.exitCode === null && child.signalCode === null) {
    if (ready(written(), child.pid)) return
    if (performance.now() > deadline) {
      killNow(child.pid)
      await child.exited
      const seconds = READY_WITHIN_MS / 1_000
      throw new Error(`${name} did not serve within ${seconds} s. ${tail(written(), logFile)}`)
    }
    await Promise.race([Bun.sleep(LOOK_EVERY_MS), child.exited])
  }
  const how = child.signalCode ?? `exit code ${child.exitCode}`
  throw new Error(`${name} ended before it served (${how}). ${tail(written(), logFile)}`)
}

/** The last lines, to stand behind a sentence. */
function tail(log: string, file: string): string {
  const lines = log.trimEnd().split('\n').slice(-TAIL_LINES).join('\n  ')
  return lines === '' ? `It wrote nothing to ${file}.` : `The end of ${file}:\n  ${lines}`
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
