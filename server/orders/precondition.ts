/**
 * An `If-Match` of a request (RFC 9110 §13.1.1): any version, one of those listed, or a text that is
 * no list of entity tags.
 */
export type Precondition = 'any' | 'malformed' | readonly number[]

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/
const VERSION = /^[1-9]\d{0,14}$/

/** The strong entity tag of an order's version. */
export function entityTag(version: number): string {
  return `"${version}"`
}

/**
 * Reads an `If-Match` header. Tags that no order of ours can have match nothing, and neither do weak ones: for a write, RFC 9110 asks for the strong
 * comparison.
 */
export function parseIfMatch(header: string): Precondition {
  let rest = header.trim()
  if (rest === '*') return 'any'
  const versions: number[] = []
  while (true) {
    const tag = ENTITY_TAG.exec(rest)
    if (!tag) return 'malformed'
    const [whole, weak, text] = tag
    if (!weak && VERSION.test(text!)) versions.push(Number(text))
    rest = rest.slice(whole.length).trimStart()
    if (rest === '') return versions
    if (!rest.startsWith(',')) return 'malformed'
    rest = rest.slice(1).trimStart()
  }
}

export function matches(precondition: Precondition, version: number): boolean {
  if (precondition === 'malformed') return false
  return precondition === 'any' || precondition.includes(version)
}
