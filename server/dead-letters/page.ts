import { AppError } from '../errors'
import type { DeadLetterEntry, DeadLetters } from '../mirror/dead-letters'

export interface LetterQuery {
  readonly reason?: string
  readonly limit: number
  readonly next?: string
}

export interface LetterPage {
  readonly items: readonly DeadLetterEntry[]
  readonly next: string | null
}

/** How long letters are looked through for one page, by default. */
export const LOOK_MS = 5_000

/**
 * One page, newest first. What came first is what was there when the first page was read: the pages
 * behind it leave out none of that and repeat none of it, whatever is added meanwhile. One that takes
 * longer than `lookMs` ends early, with a `next`. Rejects with `invalid_next` (400), and with
 * `dead_letters_slow` (503) where not even its beginning was reached in time.
 */
export async function readPage(
  letters: Pick<DeadLetters, 'entries'>,
  { reason, limit, next }: LetterQuery,
  lookMs = LOOK_MS,
): Promise<LetterPage> {
  const begun = next === undefined ? new Map<number, number>() : placesOf(next)
  const places = new Map(begun)
  const items: DeadLetterEntry[] = []
  const until = performance.now() + lookMs
  let moved = false
  // From the newest one on also for later pages: what was sent back is told by notes behind it.
  for await (const entry of letters.entries()) {
    const isLate = performance.now() > until
    const [partition, offset] = entry.id.split('@').map(Number) as [number, number]
    if (offset >= (begun.get(partition) ?? Infinity)) {
      if (isLate) throw slow()
      continue
    }
    const isWanted = reason === undefined || entry.letter.reason === reason
    if ((isWanted && items.length === limit) || (isLate && moved))
      return { items, next: nextOf(places) }
    places.set(partition, offset)
    moved = true
    if (isWanted) items.push(entry)
  }
  return { items, next: null }
}

/** Of each partition the offset below which the next page goes on; opaque to who asks. */
function nextOf(places: ReadonlyMap<number, number>): string {
  const text = [...places].map(([partition, offset]) => `${partition}@${offset}`).join()
  return Buffer.from(text).toString('base64url')
}

function placesOf(next: string): ReadonlyMap<number, number> {
  const parts = Buffer.from(next, 'base64url').toString().split(',')
  return new Map(
    parts.map((part) => {
      const match = /^(\d{1,9})@(\d{1,15})$/.exec(part)
      if (!match) {
        const detail = 'next: expected the next of the page before.'
        throw new AppError('invalid_next', 400, detail, { extensions: { field: 'next' } })
      }
      return [Number(match[1]), Number(match[2])]
    }),
  )
}

function slow(): AppError {
  const detail =
    'Reading back this far took too long. scripts/dead-letters lists all dead letters, however many.'
  return new AppError('dead_letters_slow', 503, detail, { temporary: true })
}
