import { AppError } from '../errors'
import { openRedis, type RedisConnection } from '../lib/connection.redis'
import type { Logger } from '../lib/logger'
import type { RedisSettings } from '../lib/redis-settings'
import type { Cursor } from '../protocol/cursor'
import {
  callArguments,
  type CallLimits,
  checkLines,
  outcomesOf,
  planCalls,
} from './append-calls.redis'
import { checkAscending } from './compare-append'
import { buildOpen } from './entry'
import { decodeEntry, sizeOfEntry, type StreamEntry } from './entry.redis'
import type {
  AppendOutcome,
  Checkpoint,
  LogChannel,
  LogEntry,
  LogState,
  Partition,
  PartitionBatch,
  RefillSpan,
  Replay,
  SharedLog,
} from './event-log'
import { logFailure } from './failures.redis'
import { replayFromRedis } from './replay.redis'
import { defineScripts, type LogKeys, logKeys } from './scripts.redis'
import { stateOf } from './state.redis'
import { followStream, WAIT_MS } from './tail.redis'
import { Turns } from './turns'

export interface RedisLogOptions {
  readonly settings: RedisSettings
  /** Entries older than this go first. */
  readonly retentionMs: number
  /** More entries than this are not kept, however young. */
  readonly retentionMaxEntries: number
  readonly logger: Logger
  /** Age in milliseconds of the oldest fact that has not reached the log; 0 when none waits. */
  readonly pendingAgeMs?: () => number
  /** What one call may write. */
  readonly callLimits?: CallLimits
}

export interface RedisLog extends SharedLog {
  /** Ends every tail and every connection; what is under way is refused. */
  close(): Promise<void>
}

const CALL_LIMITS: CallLimits = { records: 500, bytes: 1024 * 1024 }
/** Script calls that wait for their answers at a time. */
const CALLS_UNDER_WAY = 8
/** Entries in one read of `newest`. */
const READ_ENTRIES = 500

/**
 * The log in a Redis (7 or later) that several processes share. Redis need not be there yet. Rejects with
 * an `AppError` where its address, or what it is found to be, cannot be used.
 */
export async function openRedisLog(options: RedisLogOptions): Promise<RedisLog> {
  const log = new LogInRedis(options)
  try {
    await log.state()
  } catch (error) {
    // Whoever uses the log is told the same, and tries again.
    if (!(error instanceof AppError && error.temporary)) {
      await log.close()
      throw error
    }
  }
  return log
}

class LogInRedis implements RedisLog {
  readonly #keys: LogKeys
  readonly #redis
  readonly #turns = new Turns(CALLS_UNDER_WAY)
  readonly #closed = new AbortController()
  /** Where this process stands in forgetting customers whose events are gone. */
  #sweptTo = '0'

  constructor(private readonly options: RedisLogOptions) {
    this.#keys = logKeys(options.settings.name)
    this.#redis = openRedis(options.settings, options.logger, defineScripts)
  }

  async append(batch: readonly PartitionBatch[]): Promise<readonly AppendOutcome[]> {
    for (const group of batch) if ('records' in group) checkAscending(group)
    checkLines(batch)
    const calls = planCalls(batch, this.options.callLimits ?? CALL_LIMITS)
    let failed = false
    const send = async (call: (typeof calls)[number]) => {
      // What follows on a part that was not answered would be refused.
      if (failed) throw new Error('a call before it failed')
      try {
        const args = [...this.#retention(), ...callArguments(call)]
        return await this.#write((redis, keys) => redis.logAppend(keys, args))
      } catch (error) {
        failed = true
        throw error
      }
    }
    const answers = await Promise.all(calls.map((call) => this.#turns.run(() => send(call))))
    return outcomesOf(batch, calls, answers as (string | number)[][])
  }

  async note({ kind, note }: { kind: 'revoke' | 'beat'; note: string }): Promise<Cursor> {
    return (await this.#write((redis, keys) => redis.logNote(keys, [kind, note, '']))) as Cursor
  }

  async beat(lagMs: number, silentMs: number): Promise<boolean> {
    const args = ['beat', String(lagMs), silentMs]
    return (await this.#write((redis, keys) => redis.logNote(keys, args))) !== null
  }

  async *tail(after: Cursor, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    const ended = AbortSignal.any([signal, this.#closed.signal])
    if (ended.aborted) return
    yield* followStream(this.#redis.waiting(WAIT_MS), this.#keys, after, ended)
  }

  async newest(maxEntries: number, maxBytes: number): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = []
    let bytes = 0
    for (;;) {
      const count = Math.min(READ_ENTRIES, Math.max(1, maxEntries - entries.length))
      const page = await this.#olderThan(entries.at(-1), count)
      for (const entry of page) {
        bytes += sizeOfEntry(entry)
        if (entries.length > 0 && bytes > maxBytes) return entries.reverse()
        entries.push(entry)
      }
      if (page.length < count || entries.length >= maxEntries) return entries.reverse()
    }
  }

  replay(channel: LogChannel, after: Cursor, limit: number): Promise<Replay> {
    const read = (args: readonly (string | number)[]) =>
      this.#read((redis, keys) => redis.logReplay(keys, args))
    return replayFromRedis(read, channel, after, limit)
  }

  async checkpoints(): Promise<ReadonlyMap<Partition, Checkpoint>> {
    return (await this.state()).checkpoints
  }

  async state(): Promise<LogState> {
    return stateOf(await this.#read((redis, keys) => redis.logState(keys, [])))
  }

  async open(refill: ReadonlyMap<Partition, RefillSpan>): Promise<LogState> {
    const args: (string | number)[] = [buildOpen('', 0).tag]
    for (const [partition, { start, target }] of refill) {
      if (target >= start) args.push(partition, start, target)
    }
    return stateOf(await this.#write((redis, keys) => redis.logOpen(keys, args)))
  }

  async maintain(): Promise<{ readonly more: boolean; readonly ceiling: boolean }> {
    const args = [...this.#retention(), this.#sweptTo]
    const answer = await this.#write((redis, keys) => redis.logMaintain(keys, args))
    const [more, ceiling, sweptTo] = answer as [number, number, string]
    this.#sweptTo = sweptTo
    return { more: more === 1, ceiling: ceiling === 1 }
  }

  pendingAgeMs(): number {
    return this.options.pendingAgeMs?.() ?? 0
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#redis.close()
  }

  #retention(): readonly number[] {
    const { retentionMs, retentionMaxEntries } = this.options
    return [Math.ceil(retentionMs), Math.max(1, retentionMaxEntries)]
  }

  /** One page of entries, newest first; older ones only where they are linked to what came after. */
  async #olderThan(entry: LogEntry | undefined, count: number): Promise<LogEntry[]> {
    const args = [count, entry?.id ?? '']
    const page = await this.#read((redis, keys) => redis.logNewest(keys, args))
    const entries = (page as StreamEntry[]).map(decodeEntry)
    const [first] = entries
    // The log was trimmed, or emptied and opened anew, between two pages: what there is, is whole.
    return entry && first && first.tag !== entry.prevTag ? [] : entries
  }

  #read(work: Work): Promise<unknown> {
    return this.#ask(this.#redis.reader, work)
  }

  #write(work: Work): Promise<unknown> {
    return this.#ask(this.#redis.writer, work)
  }

  async #ask(connection: RedisConnection, work: Work): Promise<unknown> {
    try {
      return await connection.use((redis) => work(redis, this.#keys))
    } catch (error) {
      throw logFailure(error)
    }
  }
}

type Work = (redis: Parameters<typeof defineScripts>[0], keys: LogKeys) => Promise<unknown>
