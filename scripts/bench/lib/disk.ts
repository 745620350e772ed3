import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { OUTPUT } from './children'
import { quantile } from './median'

const WRITES = 1_000

/**
 * How long this disk takes to make 4 KB durable, in words: what a commit waits for, whoever makes it.
 * A disk that others use stands still now and then, and a p99 with it.
 */
export function describeDisk(): string {
  mkdirSync(OUTPUT, { recursive: true })
  const file = join(OUTPUT, 'disk')
  const page = Buffer.alloc(4_096, 'x')
  const handle = openSync(file, 'w')
  const times: number[] = []
  for (let write = 0; write < WRITES; write++) {
    const from = performance.now()
    writeSync(handle, page)
    fdatasyncSync(handle)
    times.push(performance.now() - from)
  }
  closeSync(handle)
  rmSync(file)
  const at = (q: number): string => quantile(times, q).toFixed(2)
  return `write and fdatasync of 4 KB here: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`
}
