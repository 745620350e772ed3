/** An `If-Match` of a request (RFC 9110 §13.1.1): any version, or one of those listed. */
export type Precondition = 'any' | readonly number[]

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/
const VERSION = /^[1-9]\d{0,14}$/

/** The strong entity tag of an order's version. */
export function entityTag(version: number): string {
  return `"${version}"`
}

/**
 * Reads an `If-Match` header; null for a text that is no list of entity tags. Tags that no order of
 * ours can have match nothing, and neither do weak ones: for a write, RFC 9110 asks for the strong
 * comparison.
 */
export function parseIfMatch(header: string): Precondition | null {
  let rest = header.trim()
  if (rest === '*') return 'any'
  const versions: number[] = []
  while (true) {
    const tag = ENTITY_TAG.exec(rest)
    if (!tag) return null
    const [whole, weak, text] = tag
    if (!weak && VERSION.test(text!)) versions.push(Number(text))
    rest = rest.slice(whole.length).trimStart()
    if (rest === '') return versions
    if (!rest.startsWith(',')) return null
    rest = rest.slice(1).trimStart()
  }
}

export function matches(precondition: Precondition, version: number): boolean {
  return precondition === 'any' || precondition.includes(version)
}
