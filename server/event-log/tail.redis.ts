import type { RedisConnection } from '../lib/connection.redis'
import type { Cursor } from '../protocol/cursor'
import { cursorOf } from './entry'
import { decodeEntry, placeOf, type StreamEntry } from './entry.redis'
import type { LogEntry } from './event-log'
import { logFailure, positionLost } from './failures.redis'
import type { LogKeys } from './scripts.redis'

/**
 * How long one read waits at the head. Then the position is looked at: a log that forgot it may never
 * again hold an entry that comes after it by its id.
 */
export const WAIT_MS = 1_000
/** One chunk of a tail that is behind. */
const READ_ENTRIES = 500

/**
 * Entries after `after`, until `signal` aborts. An entry is handed over only where it names the tag of
 * the one before it; any doubt is settled by asking for the position, and whether the log refills.
 */
export async function* followStream(
  connection: RedisConnection & { close(): void },
  keys: LogKeys,
  after: Cursor,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  let position = after
  const stop = () => connection.close()
  signal.addEventListener('abort', stop)
  try {
    await checkPosition(connection, keys, position)
    while (!signal.aborted) {
      const batch = await readOn(connection, keys, position)
      if (batch.length > 0 && isLinked(position, batch)) {
        position = cursorOf(batch.at(-1)!)
        yield batch
        continue
      }
      await checkPosition(connection, keys, position)
      if (batch.length > 0) throw positionLost(position)
    }
  } catch (error) {
    if (!signal.aborted) throw logFailure(error)
  } finally {
    signal.removeEventListener('abort', stop)
    connection.close()
  }
}

/** Throws unless the log holds the entry at `position`, and is neither closed nor refilling. */
async function checkPosition(
  connection: RedisConnection,
  keys: LogKeys,
  position: Cursor,
): Promise<void> {
  const place = placeOf(position)
  if (!place) throw positionLost(position)
  const held = await connection.use((redis) => redis.logCheck(keys, [place.id, place.tag]))
  if (held !== 1) throw positionLost(position)
}

/** Everything that one read brings; nothing where it waited in vain. */
async function readOn(
  connection: RedisConnection,
  [feed]: LogKeys,
  position: Cursor,
): Promise<LogEntry[]> {
  const { id } = placeOf(position)!
  const reply = await connection.use((redis) =>
    redis.xread('COUNT', READ_ENTRIES, 'BLOCK', WAIT_MS, 'STREAMS', feed, id),
  )
  const streams = reply as readonly (readonly [string, readonly StreamEntry[]])[] | null
  return streams?.[0]?.[1].map(decodeEntry) ?? []
}

function isLinked(position: Cursor, batch: readonly LogEntry[]): boolean {
  let before = placeOf(position)!.tag
  for (const { tag, prevTag } of batch) {
    if (prevTag !== before) return false
    before = tag
  }
  return true
}
