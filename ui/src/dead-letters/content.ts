import type { DeadLetterDetail } from '../api'

type Bytes = DeadLetterDetail['headers'][string]

/** Bytes of a record as people can read them. */
export interface Content {
  readonly kind: 'json' | 'text' | 'base64'
  readonly text: string
}

/** JSON with a member a line and its numbers as they came; other text as it is. */
export function contentOf(bytes: Bytes): Content {
  if (typeof bytes !== 'string') return { kind: 'base64', text: bytes.base64 }
  const json = prettyJson(bytes)
  return json === null ? { kind: 'text', text: visible(bytes) } : { kind: 'json', text: json }
}

/** On one line, for a header or a key. */
export function lineOf(bytes: Bytes): Content {
  return typeof bytes === 'string'
    ? { kind: 'text', text: visible(bytes) }
    : { kind: 'base64', text: bytes.base64 }
}

/** Null where it is no JSON object or array. */
function prettyJson(text: string): string | null {
  // A browser that cannot tell how a number was written would change those that are too long for it.
  if (typeof JSON.rawJSON !== 'function' || !/^\s*[[{]/.test(text)) return null
  const keepNumbers = (_: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined
      ? JSON.rawJSON(context.source)
      : value
  try {
    return JSON.stringify(JSON.parse(text, keepNumbers), null, 2)
  } catch {
    return null
  }
}

/** Control characters as their pictures: one that is not seen may be what is wrong. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is sought
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (character) =>
    String.fromCharCode(0x2400 + character.charCodeAt(0)),
  )
}
