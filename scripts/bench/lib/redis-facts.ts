import { Redis } from 'ioredis'

/** What a Redis tells of itself, as of when it was asked. */
export interface RedisFacts {
  readonly usedMemory: number
  /** User and system, in milliseconds; the threads that write its file included. */
  readonly cpuMs: number
  /** Calls of each command, those inside scripts too. */
  readonly calls: ReadonlyMap<string, number>
}

/** Asks over a connection of its own, which is closed again. */
export function redisFacts(url: string): Promise<RedisFacts> {
  return withRedis(url, factsOf)
}

export async function factsOf(redis: Redis): Promise<RedisFacts> {
  const text = await redis.info('everything')
  const number = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1])
  const calls = new Map<string, number>()
  for (const [, name, count] of text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
    calls.set(name!, Number(count))
  const seconds = number('used_cpu_user') + number('used_cpu_sys')
  return { usedMemory: number('used_memory'), cpuMs: seconds * 1_000, calls }
}

export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

/** How many commands there were between two looks, without those of looking. */
export function commandsBetween(
  before: RedisFacts,
  after: RedisFacts,
): ReadonlyMap<string, number> {
  const between = new Map<string, number>()
  for (const [name, calls] of after.calls) {
    const more = calls - (before.calls.get(name) ?? 0)
    if (more > 0 && !LOOKING.test(name)) between.set(name, more)
  }
  return between
}

const LOOKING = /^(info|client\|setinfo|hello)$/
