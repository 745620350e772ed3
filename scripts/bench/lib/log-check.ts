import { cursorOf, isTagged } from '../../../server/event-log/entry'
import { decodeEntry } from '../../../server/event-log/entry.redis'
import type { StreamEntry } from '../../../server/event-log/entry.redis'
import type { LogEntry } from '../../../server/event-log/event-log'
import { Checksum } from './backlog'
import { withRedis } from './redis-facts'

/** What a log in Redis holds, once every tag and every link of it was found to be right. */
export interface CheckedLog {
  readonly events: number
  readonly checksum: string
  /** When the log was opened, and when its last event was appended; by Redis' clock. */
  readonly openedAt: number
  readonly lastAt: number
  /** Times of all events, ascending. */
  readonly times: Float64Array
}

/** The Stream of a log with the usual name. */
export const FEED = '{orderwire}:feed'
const PAGE = 5_000

/**
 * Reads the whole log as Redis holds it and recomputes tags and links. Throws at the first that does
 * not follow, and at a record that is there twice.
 */
export async function checkLog(url: string): Promise<CheckedLog> {
  const state = new Chain()
  await withRedis(url, async (redis) => {
    for (let after = '-'; ;) {
      const page = (await redis.xrange(FEED, after, '+', 'COUNT', PAGE)) as unknown as StreamEntry[]
      for (const entry of page) state.take(entry)
      if (page.length < PAGE) return
      after = `(${page.at(-1)![0]}`
    }
  })
  return state.checked()
}

class Chain {
  #before: LogEntry | null = null
  #lastEvent = ''
  #openedAt = 0
  readonly #lastOf = new Map<string, string>()
  readonly #sources = new Set<string>()
  readonly #checksum = new Checksum()
  readonly #times: number[] = []

  take(row: StreamEntry): void {
    const entry = decodeEntry(row)
    const bytes = row[1][3] ?? ''
    const source = bytes.slice(0, bytes.indexOf('\n'))
    const check = (right: boolean, what: string): void => {
      if (!right) throw new Error(`entry ${entry.id} (${source}): ${what}`)
    }
    check(entry.prevTag === (this.#before?.tag ?? ''), 'does not name the tag before it')
    check(isTagged(entry, source), 'its tag does not follow from its bytes')
    if (entry.kind === 'open') this.#openedAt = entry.at
    if (entry.kind === 'event') {
      const { customer, data } = entry.event
      check(!this.#sources.has(source), 'this record is in the log twice')
      check(entry.prevEvent === this.#lastEvent, `names ${entry.prevEvent} before it`)
      const last = customer === null ? '' : (this.#lastOf.get(customer) ?? '')
      check(entry.prevOfCustomer === last, `names ${entry.prevOfCustomer} of ${customer}`)
      this.#sources.add(source)
      this.#checksum.add(data)
      this.#times.push(entry.at)
      this.#lastEvent = cursorOf(entry)
      if (customer !== null) this.#lastOf.set(customer, this.#lastEvent)
    }
    this.#before = entry
  }

  checked(): CheckedLog {
    return {
      events: this.#times.length,
      checksum: String(this.#checksum),
      openedAt: this.#openedAt,
      lastAt: this.#times.at(-1) ?? 0,
      times: Float64Array.from(this.#times),
    }
  }
}
