import type { CloseCode } from '../protocol/close-codes'
import type { Connection } from './connection'

/** Unauthorized sockets are gone within a second, so the sweep comes twice in it. */
const SWEEP_EVERY_MS = 500
const STAGE_MS = 50

/** How many there are of each; what falls to none is forgotten. */
export class Counts {
  private readonly counts = new Map<string, number>()

  of(key: string): number {
    return this.counts.get(key) ?? 0
  }

  add(key: string): void {
    this.counts.set(key, this.of(key) + 1)
  }

  remove(key: string): void {
    const left = this.of(key) - 1
    if (left > 0) this.counts.set(key, left)
    else this.counts.delete(key)
  }
}

/** All sockets of this node. One timer sweeps them all, as long as there are any. */
export class Connections {
  readonly unauthenticated = new Counts()
  readonly users = new Counts()
  private readonly all: Connection[] = []
  private timer: ReturnType<typeof setInterval> | null = null

  constructor(private readonly onSweep: (nowMs: number) => void) {}

  get size(): number {
    return this.all.length
  }

  add(connection: Connection): void {
    connection.index = this.all.push(connection) - 1
    this.timer ??= setInterval(() => this.sweep(), SWEEP_EVERY_MS)
  }

  remove(connection: Connection): void {
    const { index } = connection
    if (index === -1) return
    connection.index = -1
    const last = this.all.pop()!
    if (last !== connection) {
      this.all[index] = last
      last.index = index
    }
    if (this.all.length > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }

  /** A copy: closing one removes it. */
  where(accepts: (connection: Connection) => boolean): Connection[] {
    return this.all.filter(accepts)
  }

  private sweep(): void {
    const now = Date.now()
    // Backwards: what ends itself is replaced by one that was swept already.
    for (let at = this.all.length - 1; at >= 0; at--) this.all[at]?.sweep(now)
    this.onSweep(now)
  }
}

/** Ends connections with `row` in `stages` of equal size, spread over `overMs`. */
export async function endInStages(
  connections: readonly Connection[],
  row: CloseCode,
  { stages, overMs }: { readonly stages: number; readonly overMs: number },
): Promise<void> {
  const size = Math.ceil(connections.length / Math.max(1, stages))
  for (let from = 0; from < connections.length; from += size) {
    if (from > 0) await Bun.sleep(overMs / stages)
    for (const connection of connections.slice(from, from + size)) connection.end(row)
  }
}

/** So many stages that one is small, however long it takes in all. */
export function stagesOver(overMs: number): { stages: number; overMs: number } {
  return { stages: Math.max(1, Math.ceil(overMs / STAGE_MS)), overMs }
}
