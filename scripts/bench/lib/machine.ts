import { readFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'

export interface Machine {
  readonly bun: string
  readonly node: string
  readonly elysia: string
  readonly socketIo: string
  readonly kernel: string
  readonly cores: string
  /** Load average of the last minute when the run began: a busy machine measures its neighbours. */
  readonly load: string
}

export function describeMachine(): Machine {
  const node = Bun.which('node')
  return {
    bun: `${Bun.version} (${Bun.revision.slice(0, 9)})`,
    node: node ? Bun.spawnSync([node, '--version']).stdout.toString().trim() : 'none',
    elysia: versionOf('elysia'),
    socketIo: versionOf('socket.io'),
    kernel: release(),
    cores: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    load: loadavg()[0]!.toFixed(2),
  }
}

function versionOf(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** How many files (so: sockets) a process may hold open here. */
export function openFilesLimit(): number {
  const line = readFileSync('/proc/self/limits', 'utf8').match(/^Max open files\s+(\d+)/m)
  return line ? Number(line[1]) : Number.POSITIVE_INFINITY
}
