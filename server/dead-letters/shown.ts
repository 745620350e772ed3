import { REDRIVE_HEADER } from '../mirror/dead-letter'
import type { DeadLetterEntry } from '../mirror/dead-letters'

/** Text where the bytes are UTF-8, else base64. */
export type Shown = string | { readonly base64: string }

/** A letter in a list: all but what can be long. */
export function summaryOf({ id, at, letter, orderId, redrivenAt }: DeadLetterEntry) {
  const { topic, partition, offset, timestamp } = letter.source
  return {
    id,
    at: isoOf(at),
    reason: letter.reason,
    detail: letter.detail,
    source: { topic, partition, offset, at: isoOf(timestamp) },
    orderId,
    redrivenAt: redrivenAt === null ? null : isoOf(redrivenAt),
    redriveOf: redriveOf(letter.headers[REDRIVE_HEADER]),
    valueBytes: letter.valueBytes,
    whole: letter.whole,
  }
}

/** A letter with all that is known of it. */
export function detailOf(entry: DeadLetterEntry) {
  const { key, value, headers, whole } = entry.letter
  const present = Object.entries(headers).flatMap(([name, held]) => (held ? [[name, held]] : []))
  return {
    ...summaryOf(entry),
    key: key && shown(key, whole),
    headers: Object.fromEntries(
      (present as [string, Buffer][]).map(([name, held]) => [name, shown(held, true)]),
    ),
    value: value && shown(value, whole),
  }
}

/** Of bytes that were cut the end may be half a character. */
function shown(bytes: Buffer, whole: boolean): Shown {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return decoder.decode(bytes, { stream: !whole })
  } catch {
    return { base64: bytes.toString('base64') }
  }
}

function redriveOf(header: Buffer | undefined): string | null {
  return /\/(\d{1,9}@\d{1,15})$/.exec(header?.toString() ?? '')?.[1] ?? null
}

/** A record may claim a time that is none. */
function isoOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.valueOf()) ? new Date(0).toISOString() : date.toISOString()
}
