import type { Arrival } from '../load/probe'
import { quantile } from './median'

/** The quantiles of one run, in milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

/**
 * From each event's start to its arrival at each probe. Rejects an event that did not arrive at one of
 * them, or did twice.
 */
export function latencyOf(
  starts: ReadonlyMap<string, number>,
  arrivals: readonly (readonly Arrival[])[],
): Latency {
  const spans: number[] = []
  for (const probe of arrivals) {
    const seen = new Set<string>()
    for (const { orderId, at } of probe) {
      const start = starts.get(orderId)
      if (start === undefined) continue
      if (seen.has(orderId)) throw new Error(`the event of ${orderId} arrived twice`)
      seen.add(orderId)
      spans.push(at - start)
    }
    if (seen.size !== starts.size)
      throw new Error(`${seen.size} events arrived, expected ${starts.size}`)
  }
  return { p50: quantile(spans, 0.5), p99: quantile(spans, 0.99) }
}
