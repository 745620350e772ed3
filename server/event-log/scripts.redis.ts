import type { Redis, Result } from 'ioredis'
import append from './append.lua' with { type: 'text' }
import check from './check.lua' with { type: 'text' }
import common from './common.lua' with { type: 'text' }
import maintain from './maintain.lua' with { type: 'text' }
import newest from './newest.lua' with { type: 'text' }
import note from './note.lua' with { type: 'text' }
import open from './open.lua' with { type: 'text' }
import replay from './replay.lua' with { type: 'text' }
import state from './state.lua' with { type: 'text' }

/** What all scripts take first. Each file says what its further arguments are, and what it answers. */
export type LogKeys = readonly [
  feed: string,
  last: string,
  checkpoints: string,
  refill: string,
  gap: string,
]

type Arguments = readonly (string | number)[]

declare module 'ioredis' {
  interface RedisCommander<Context> {
    logAppend(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logCheck(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logMaintain(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logNewest(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logNote(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logOpen(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logReplay(keys: LogKeys, args: Arguments): Result<unknown, Context>
    logState(keys: LogKeys, args: Arguments): Result<unknown, Context>
  }
}

/** Redis refuses a script without flags while it is out of memory or a replica: before its start. */
const SCRIPTS = {
  logAppend: ['#!lua', append],
  logNote: ['#!lua', note],
  logOpen: ['#!lua', open],
  // Only removes: that is what helps a full Redis.
  logMaintain: ['#!lua flags=allow-oom', maintain],
  logCheck: ['#!lua flags=no-writes', check],
  logNewest: ['#!lua flags=no-writes', newest],
  logReplay: ['#!lua flags=no-writes', replay],
  logState: ['#!lua flags=no-writes', state],
} as const

/** All under one hash tag: on one shard of a Cluster. */
export function logKeys(name: string): LogKeys {
  const key = (part: string) => `{${name}}:${part}`
  return [key('feed'), key('last'), key('checkpoints'), key('refill'), key('gap')]
}

/** Gives the connection the log's scripts, by the hash of their text: any server loads them itself. */
export function defineScripts(redis: Redis): void {
  for (const [name, [flags, text]] of Object.entries(SCRIPTS)) {
    redis.defineCommand(name, { lua: `${flags}\n${common}\n${text}`, numberOfKeys: 5 })
  }
}
