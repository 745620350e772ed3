/** An `If-Match` of a request (RFC 9110 §13.1.1): any version, or one of those listed. */
export type Precondition = 'any' | readonly number[]

/** The strong entity tag of an order's version. */
export function entityTag(version: number): string {
  return `"${version}"`
}

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/
const VERSION = /^[1-9]\d{0,14}$/

/**
 * Reads an `If-Match` or `If-None-Match` header. Tags that no order of ours can have match nothing.
 * @param comparison whether `W/"1"` counts as version 1: `weak` for reading (`If-None-Match`),
 *   `strong` for writing, as RFC 9110 asks
 * @returns null for a text that is no list of entity tags
 */
export function parsePrecondition(
  header: string,
  comparison: 'strong' | 'weak',
): Precondition | null {
  let rest = header.trim()
  if (rest === '*') return 'any'
  if (rest === '') return null
  const versions: number[] = []
  while (true) {
    const tag = ENTITY_TAG.exec(rest)
    if (!tag) return null
    const [whole, isWeak, text] = tag
    const counts = comparison === 'weak' || !isWeak
    if (counts && VERSION.test(text!)) versions.push(Number(text))
    rest = rest.slice(whole.length).trimStart()
    if (rest === '') return versions
    if (!rest.startsWith(',')) return null
    rest = rest.slice(1).trimStart()
  }
}

export function matches(precondition: Precondition, version: number): boolean {
  return precondition === 'any' || precondition.includes(version)
}
