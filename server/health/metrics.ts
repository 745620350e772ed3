import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A number for each value of one label. */
export type Counts = Readonly<Record<string, number>>

/**
 * What a process tells Prometheus. Most numbers are kept elsewhere as plain counts and read when they
 * are asked for; names are in base units (`…_seconds`, `…_bytes`), counters end in `_total`.
 */
export interface Metrics {
  gauge(name: string, help: string, read: () => number): void
  gauges(name: string, help: string, label: string, read: () => Counts): void
  /** @param read a count that only grows */
  counter(name: string, help: string, read: () => number): void
  counters(name: string, help: string, label: string, read: () => Counts): void
  /** Returns what takes a value. @param buckets upper bounds, ascending */
  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void
  /** Runs before the numbers are read: for those that must be asked for. Must not reject. */
  before(ask: () => Promise<void>): void
  /** All of it in the text format of Prometheus (version 0.0.4), with those of the process. */
  exposition(): Promise<string>
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const asks: (() => Promise<void>)[] = []

  function counters(name: string, help: string, labelNames: string[], read: () => Counts): void {
    const counter = new Counter({
      ...{ name, help, labelNames, registers },
      collect() {
        counter.reset()
        for (const [value, count] of Object.entries(read())) {
          if (labelNames[0] === undefined) counter.inc(count)
          else counter.inc({ [labelNames[0]]: value }, count)
        }
      },
    })
  }

  function gauges(name: string, help: string, labelNames: string[], read: () => Counts): void {
    const gauge = new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        gauge.reset()
        for (const [value, number] of Object.entries(read())) {
          if (labelNames[0] === undefined) gauge.set(number)
          else gauge.set({ [labelNames[0]]: value }, number)
        }
      },
    })
  }

  return {
    gauge: (name, help, read) => gauges(name, help, [], () => ({ all: read() })),
    gauges: (name, help, label, read) => gauges(name, help, [label], read),
    counter: (name, help, read) => counters(name, help, [], () => ({ all: read() })),
    counters: (name, help, label, read) => counters(name, help, [label], read),
    histogram(name, help, buckets) {
      const histogram = new Histogram({ name, help, buckets: [...buckets], registers })
      return (value) => histogram.observe(value)
    },
    before: (ask) => void asks.push(ask),
    async exposition() {
      await Promise.all(asks.map((ask) => ask()))
      const texts = await Promise.all([...registers, ofProcess()].map((each) => each.metrics()))
      return texts.join('')
    },
  }
}

/** They describe Node's own engine, and mean nothing here. */
const NOT_OF_BUN = [
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_version_info',
  'process_heap_bytes',
]

let processRegistry: Registry | null = null

/** Memory, CPU, files and the event loop belong to the process, however many servers run in it. */
function ofProcess(): Registry {
  if (processRegistry) return processRegistry
  processRegistry = new Registry()
  collectDefaultMetrics({ register: processRegistry })
  for (const name of NOT_OF_BUN) processRegistry.removeSingleMetric(name)
  return processRegistry
}
