import { readdirSync, readFileSync } from 'node:fs'

/** Which processes there are: from /proc where there is one, else from `ps`. */

interface Entry {
  readonly pid: number
  readonly parent: number
  /** Ended with all its threads, and not yet collected by its parent. */
  readonly ended: boolean
  /** When it started: with the pid it names one process, whatever pids are given out again. */
  readonly startedAt: string
}

/** What tells a process from a later one with the same pid; null when there is no such process. */
export function birthOf(pid: number): string | null {
  const entry = process.platform === 'linux' ? fromProc(pid) : fromPs().find((e) => e.pid === pid)
  return entry && !entry.ended ? entry.startedAt : null
}

/** All that it started, and what those started. */
export function descendantsOf(pid: number): readonly number[] {
  const entries = process.platform === 'linux' ? allOfProc() : fromPs()
  const found: number[] = []
  const look = (parent: number) => {
    for (const entry of entries.filter((each) => each.parent === parent && !each.ended)) {
      found.push(entry.pid)
      look(entry.pid)
    }
  }
  look(pid)
  return found
}

function allOfProc(): readonly Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fromProc(Number(name)) ?? [])
}

function fromProc(pid: number): Entry | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    // It ended meanwhile: ENOENT before it is opened, ESRCH after.
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
  // The second field is the program's name in parentheses, whatever characters it has: proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', parent = ''] = fields
  const threads = Number(fields[17])
  return {
    pid,
    parent: Number(parent),
    // While a thread still ends, those of a zombie hold its ports and files.
    ended: state === 'X' || (state === 'Z' && threads <= 1),
    startedAt: `${bootId()} ${fields[19]}`,
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function fromPs(): readonly Entry[] {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pid=,ppid=,state=,lstart='])
  return stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = '', ...startedAt] = line.trim().split(/\s+/)
      return {
        pid: Number(pid),
        parent: Number(parent),
        ended: state.startsWith('Z'),
        startedAt: startedAt.join(' '),
      }
    })
}
