/** One family of the Prometheus text format (version 0.0.4). */
export interface Metric {
  /** In base units: `…_seconds`, `…_bytes`; counters end in `_total`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** One value, or one for each value of a label. */
  readonly value: number | { readonly label: string; readonly counts: Counts }
}

export type Counts = Readonly<Record<string, number>>

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Label values are our own codes and reasons: nothing in them needs escaping. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map((metric) => `${header(metric)}${samples(metric).join('')}`).join('')
}

function header({ name, help, type }: Metric): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

function samples({ name, value }: Metric): string[] {
  if (typeof value === 'number') return [`${name} ${value}\n`]
  return Object.entries(value.counts).map(
    ([key, count]) => `${name}{${value.label}="${key}"} ${count}\n`,
  )
}
