import type { Subprocess } from 'bun'
import type { Answer, CommandTable, Question } from './commands'

/** A process that answers the commands of `C`. */
export interface Child<C extends CommandTable<C>> {
  readonly pid: number
  /** Rejects with the child's own error, or when the child ends before it answered. */
  ask<K extends keyof C & string>(
    name: K,
    ...given: Parameters<C[K]>
  ): Promise<Awaited<ReturnType<C[K]>>>
  /** Ends it (as a crash would, unless it is profiled) and resolves when it is gone. */
  stop(): Promise<void>
}

export interface SpawnOptions {
  readonly runtime?: string
  /** A folder for its CPU profile, which it writes when it is stopped. */
  readonly profileTo?: string
}

/** Starts `file` and resolves when it answers. Its stderr is ours. */
export async function spawnChild<C extends CommandTable<C>>(
  file: string,
  options: SpawnOptions = {},
): Promise<Child<C>> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<unknown>()
  waiting.set(0, ready)
  let questions = 0

  const child: Subprocess = Bun.spawn({
    cmd: [options.runtime ?? process.execPath, ...profileFlags(options.profileTo), file],
    env: process.env,
    serialization: 'json',
    stdio: ['ignore', 2, 2],
    ipc(answer: Answer) {
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('error' in answer) asked?.reject(new Error(answer.error))
      else asked?.resolve(answer.value)
    },
    onExit(_process, code, signal) {
      const gone = new Error(`${file} ended (${signal ?? code}) before it answered`)
      for (const asked of waiting.values()) asked.reject(gone)
      waiting.clear()
    },
  })
  await ready.promise

  return {
    pid: child.pid,
    ask<K extends keyof C & string>(name: K, ...given: Parameters<C[K]>) {
      const asked = Promise.withResolvers<unknown>()
      const question: Question = { id: ++questions, name, given }
      waiting.set(question.id, asked)
      child.send(question)
      return asked.promise as Promise<Awaited<ReturnType<C[K]>>>
    },
    async stop() {
      if (options.profileTo === undefined) child.kill('SIGKILL')
      else child.disconnect()
      await child.exited
    },
  }
}

function profileFlags(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-md', `--cpu-prof-dir=${folder}`]
}
