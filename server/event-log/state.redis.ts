import type { Checkpoint, LogState, Partition, RefillSpan } from './event-log'

/** What state.lua answers: whether it is open, then the two hashes, names and values by turns. */
export function stateOf(answer: unknown): LogState {
  const [opened, checkpoints, refill] = answer as [number, string[], string[]]
  return {
    opened: opened === 1,
    checkpoints: mapOf(checkpoints, checkpointOf),
    refill: mapOf(refill, spanOf),
  }
}

function mapOf<Value>(
  flat: readonly string[],
  valueOf: (text: string) => Value,
): ReadonlyMap<Partition, Value> {
  const map = new Map<Partition, Value>()
  for (let at = 0; at < flat.length; at += 2) map.set(flat[at]!, valueOf(flat[at + 1]!))
  return map
}

function checkpointOf(text: string): Checkpoint {
  const colon = text.indexOf(':')
  return { offset: Number(text.slice(0, colon)), fingerprint: text.slice(colon + 1) }
}

function spanOf(text: string): RefillSpan {
  const [start, target] = text.split(':')
  return { start: Number(start), target: Number(target) }
}
