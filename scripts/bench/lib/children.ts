import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { spawnChild } from './process'
import type { Child, SpawnOptions } from './process'
import type { CommandTable } from './commands'

const ROOT = join(import.meta.dir, '..')
const REPOSITORY = join(ROOT, '..', '..')

/** Git-ignored; on the disk that the real data folder would be on, so that a commit costs the same. */
export const OUTPUT = join(REPOSITORY, 'data', 'bench')

export function spawnBench<C extends CommandTable<C>>(
  file: string,
  options?: SpawnOptions,
): Promise<Child<C>> {
  return spawnChild<C>(resolve(ROOT, file), options)
}

/** Ends all children of `work` however it ends. */
export async function withChildren<T>(
  work: (keep: <C extends { stop(): Promise<void> }>(child: C) => C) => Promise<T>,
): Promise<T> {
  const children: { stop(): Promise<void> }[] = []
  try {
    return await work((child) => {
      children.push(child)
      return child
    })
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** A data folder for one run, removed after it. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  mkdirSync(OUTPUT, { recursive: true })
  const dataDir = mkdtempSync(join(OUTPUT, 'run-'))
  try {
    return await work(dataDir)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** The signing secret of all servers of a benchmark: 32 bytes, worth nothing. */
export const SECRET = 'a secret for benchmarks alone 32'
