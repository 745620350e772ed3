import type { JsonObject } from './json'

/** A member of a record: what it is called there, and its value. */
export interface Found {
  readonly name: string
  readonly value: unknown
}

export interface Renamed<Member extends string> {
  readonly known: ReadonlyMap<Member, Found>
  /** All others, by their own names. */
  readonly others: readonly Found[]
}

/**
 * Sorts members by our names. Where several claim one, the configured name wins over our own, and
 * our own over what is accepted for it; who loses is an unknown member. Null says nothing, of what
 * is known. `__proto__` is no member that anybody needs.
 */
export function rename<Member extends string>(
  object: JsonObject,
  members: ReadonlySet<Member>,
  configured: ReadonlyMap<string, string>,
  accepted: ReadonlyMap<string, Member>,
): Renamed<Member> {
  const known = new Map<Member, Found>()
  const ranks = new Map<Member, number>()
  const others: Found[] = []
  const isMember = (name: string | undefined): name is Member => members.has(name as Member)
  for (const [name, value] of Object.entries(object)) {
    if (name === '__proto__') continue
    const renamed = configured.get(name)
    const member = isMember(renamed) ? renamed : isMember(name) ? name : accepted.get(name)
    const found = { name, value }
    if (member === undefined) {
      others.push(found)
      continue
    }
    if (value === null) continue
    const rank = member === renamed ? 2 : member === name ? 1 : 0
    const before = known.get(member)
    if (before && (ranks.get(member) ?? 0) >= rank) {
      others.push(found)
      continue
    }
    if (before) others.push(before)
    known.set(member, found)
    ranks.set(member, rank)
  }
  return { known, others }
}
