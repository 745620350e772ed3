import type { DeadLetterEntry } from '../server/mirror/dead-letters'

/** How dead letters are shown to people, and written for programs. What is in them is not trusted. */

/** Text where the bytes are some, else base64. */
type Shown = string | { readonly base64: string }

/** One letter as an object for `--json`; `complete` with what can be long. */
export function jsonOf(entry: DeadLetterEntry, complete: boolean): Record<string, unknown> {
  const { id, at, letter, orderId, redrivenAt } = entry
  const { topic, partition, offset, timestamp } = letter.source
  return {
    id,
    at: isoOf(at),
    reason: letter.reason,
    detail: letter.detail,
    source: { topic, partition, offset, at: isoOf(timestamp) },
    orderId,
    redrivenAt: redrivenAt === null ? null : isoOf(redrivenAt),
    valueBytes: letter.valueBytes,
    whole: letter.whole,
    ...(complete && {
      key: shownOrNull(letter.key),
      headers: Object.fromEntries(headersOf(entry).map(([name, value]) => [name, shown(value)])),
      value: shownOrNull(letter.value),
    }),
  }
}

/** A few lines of the list, each letter under the one that is newer. */
export function listOf(entries: readonly DeadLetterEntry[]): string {
  const rows = entries.map(({ id, at, letter, orderId, redrivenAt }) => ({
    cells: [id, timeOf(at), letter.reason, placeOf(letter.source), orderId ?? '-'],
    detail: letter.detail,
    redriven: redrivenAt === null ? '' : `sent back ${timeOf(redrivenAt)}`,
  }))
  const widths = ['id', 'time', 'reason', 'source', 'order'].map((_, column) =>
    Math.max(...rows.map(({ cells }) => clean(cells[column]!).length)),
  )
  return rows
    .map(({ cells, detail, redriven }) => {
      const padded = cells.map((cell, column) => clean(cell).padEnd(widths[column]!))
      return `${[...padded, redriven].join('  ').trimEnd()}\n    ${clean(detail)}`
    })
    .join('\n')
}

/** One letter with all that is known of it. */
export function pageOf(entry: DeadLetterEntry): string {
  const { id, at, letter, orderId, redrivenAt } = entry
  const { source, value, valueBytes, whole } = letter
  const headers = headersOf(entry).map(([name, held]) => `${clean(name)}: ${lineOf(held)}`)
  const kept = whole ? '' : `, of which ${value?.length ?? 0} were kept`
  return [
    `letter     ${id}, ${timeOf(at)}`,
    `reason     ${clean(letter.reason)}: ${clean(letter.detail)}`,
    `source     ${clean(placeOf(source))}, ${timeOf(source.timestamp)}`,
    `order      ${clean(orderId ?? '-')}`,
    `sent back  ${redrivenAt === null ? 'never' : timeOf(redrivenAt)}`,
    `key        ${letter.key === null ? 'none' : lineOf(letter.key)}`,
    `headers    ${headers.length === 0 ? 'none' : headers.join('\n           ')}`,
    `value      ${valueBytes === null ? 'none' : `${valueBytes} bytes${kept}`}`,
    ...(value === null ? [] : ['', blockOf(value)]),
  ].join('\n')
}

export function placeOf({ topic, partition, offset }: DeadLetterEntry['letter']['source']): string {
  return `${topic}-${partition}@${offset}`
}

function headersOf({ letter }: DeadLetterEntry): [string, Buffer][] {
  return Object.entries(letter.headers).flatMap(([name, value]) => (value ? [[name, value]] : []))
}

function shown(bytes: Buffer): Shown {
  return textOf(bytes) ?? { base64: bytes.toString('base64') }
}

function shownOrNull(bytes: Buffer | null): Shown | null {
  return bytes && shown(bytes)
}

/** Null where the bytes are no text that can be shown as it is. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return clean(text, '\n\r\t') === text ? text : null
  } catch {
    return null
  }
}

function lineOf(bytes: Buffer): string {
  const text = textOf(bytes)
  return text === null ? `base64 ${bytes.toString('base64')}` : clean(text)
}

/** JSON with a member a line and its numbers as they came; other text as it is. */
function blockOf(bytes: Buffer): string {
  const text = bytes.toString()
  try {
    const keepNumbers = (_: string, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? JSON.rawJSON(context!.source!) : value
    return clean(JSON.stringify(JSON.parse(text, keepNumbers), null, 2), '\n')
  } catch {
    return textOf(bytes) ?? `base64 ${bytes.toString('base64')}`
  }
}

/** Without characters that steer a terminal, but for those that are `allowed`. */
function clean(text: string, allowed = ''): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    allowed.includes(character)
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}

/** `2026-01-31 09:30:05Z` */
function timeOf(at: number): string {
  return `${isoOf(at).slice(0, 19).replace('T', ' ')}Z`
}
