import { Redis } from 'ioredis'
import { cursorOf, isTagged } from '../../event-log/entry'
import { decodeEntry, type StreamEntry } from '../../event-log/entry.redis'
import type { LogEntry } from '../../event-log/event-log'
import { logKeys } from '../../event-log/scripts.redis'
import type { Cursor } from '../../protocol/cursor'

/** One event that the log in Redis holds. */
export interface LoggedEvent {
  readonly id: Cursor
  /** `topic-partition@offset` */
  readonly source: string
  /** `orderId@version` */
  readonly fact: string
  readonly customer: string | null
}

/**
 * Reads the whole log as Redis holds it, and recomputes every tag and every link. Throws at the first
 * that does not follow, and at a record that is there twice (unless a gap of its partition lies between).
 */
export async function readLog(redisUrl: string, name = 'orderwire'): Promise<LoggedEvent[]> {
  return verify(await readRows(redisUrl, name))
}

/** The partitions whose gaps the log tells of, in its order. */
export async function readGaps(redisUrl: string, name = 'orderwire'): Promise<string[]> {
  const entries = (await readRows(redisUrl, name)).map(decodeEntry)
  return entries.flatMap((entry) => (entry.kind === 'gap' ? entry.note : []))
}

async function readRows(redisUrl: string, name: string): Promise<StreamEntry[]> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 })
  try {
    const [feed] = logKeys(name)
    return await redis.xrange(feed, '-', '+')
  } finally {
    redis.disconnect()
  }
}

function verify(rows: readonly StreamEntry[]): LoggedEvent[] {
  const events: LoggedEvent[] = []
  const sources = new Set<string>()
  const lastOf = new Map<string, Cursor>()
  let before: LogEntry | undefined
  let lastEvent = ''
  for (const row of rows) {
    const entry = decodeEntry(row)
    const source = sourceOf(row)
    const broken = (what: string) => new Error(`entry ${entry.id} (${source}): ${what}`)
    if (before && entry.prevTag !== before.tag) throw broken('does not name the tag before it')
    if (!isTagged(entry, source)) throw broken('its tag does not follow from its bytes')
    if (entry.kind === 'gap') forget(sources, entry.note)
    if (entry.kind === 'event') {
      if (sources.has(source)) throw broken('this record is in the log twice')
      sources.add(source)
      if (entry.prevEvent !== lastEvent) throw broken(`names ${entry.prevEvent} before it`)
      const { customer, data } = entry.event
      const last = customer === null ? '' : (lastOf.get(customer) ?? '')
      if (entry.prevOfCustomer !== last)
        throw broken(`names ${entry.prevOfCustomer} of ${customer}`)
      const { orderId, version } = JSON.parse(data) as { orderId: string; version: number }
      lastEvent = cursorOf(entry)
      if (customer !== null) lastOf.set(customer, lastEvent)
      events.push({ id: lastEvent, source, fact: `${orderId}@${version}`, customer })
    }
    before = entry
  }
  if (!before) throw new Error('the log has no entry')
  return events
}

/** Of a source that changed, other records come at the same places. */
function forget(sources: Set<string>, partition: string): void {
  for (const source of sources) if (source.startsWith(`${partition}@`)) sources.delete(source)
}

/** The first line of an entry's bytes. */
function sourceOf([, fields]: StreamEntry): string {
  const bytes = fields[3] ?? ''
  return bytes.slice(0, bytes.indexOf('\n'))
}
