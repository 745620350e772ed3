import type { EventName } from '../protocol/frames'
import type { Stamp } from './projection'

const RANK: Readonly<Record<EventName, number>> = { created: 0, updated: 1, cancelled: 2 }

/**
 * Negative when `a` was said before `b`, positive when after; 0 only for the same record. One tuple,
 * so that the order is total whatever mixture of versions and times comes in: to compare some by
 * version and others by time would not be transitive.
 */
export function compareStamps(a: Stamp, b: Stamp): number {
  return (
    Number(a.version !== null) - Number(b.version !== null) ||
    (a.version ?? 0) - (b.version ?? 0) ||
    a.time - b.time ||
    RANK[a.name] - RANK[b.name] ||
    compareSources(a.source, b.source)
  )
}

/** By the partition's name, then by the offset as a number: `p@9` comes before `p@10`. */
function compareSources(a: string, b: string): number {
  const [partitionA, offsetA] = partsOf(a)
  const [partitionB, offsetB] = partsOf(b)
  return (
    compareTexts(partitionA, partitionB) ||
    // As texts they are exact however long, and of two numbers the longer is the greater.
    offsetA.length - offsetB.length ||
    compareTexts(offsetA, offsetB)
  )
}

function partsOf(source: string): readonly [partition: string, offset: string] {
  const at = source.lastIndexOf('@')
  return at < 0 ? [source, ''] : [source.slice(0, at), source.slice(at + 1)]
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
