import { median } from './median'
import { formatNumber, formatTable } from './table'

/** What must be reached: `atLeast` where more is better, `atMost` where less is. */
export type Limit = ({ readonly atLeast: number } | { readonly atMost: number }) & {
  /** What is to reach it: the ratio, unless it is our own value. */
  readonly of?: 'ours'
}

/** One figure: ours beside a named peer that was measured in turns with it. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly peer: string
  /** One value a run, in the order of the runs. */
  readonly ours: readonly number[]
  /** Fewer where a run of the peer takes minutes; none where there is no peer. */
  readonly peers: readonly number[]
  readonly limit: Limit | null
  /** Over all runs of both; equal, or the run would have been an error. Null where none are counted. */
  readonly delivered: number | null
  readonly expected: number | null
}

/** What belongs to a figure but is none: the generator's share, sizes, what was chosen and why. */
export interface Note {
  readonly about: string
  readonly text: string
}

export interface Report {
  readonly figures: readonly Figure[]
  readonly notes: readonly Note[]
}

/** NaN without a peer, and where both are none of something. */
export function ratioOf({ ours, peers }: Figure): number {
  return peers.length === 0 ? Number.NaN : median(ours) / median(peers)
}

/**
 * Lowest and highest ratio of a run of ours and the peer's run right after it, or its last one where
 * it had fewer.
 */
export function spreadOf({ ours, peers }: Figure): readonly [number, number] {
  const ratios = ours.map((value, run) => value / (peers[run] ?? peers.at(-1) ?? Number.NaN))
  return [Math.min(...ratios), Math.max(...ratios)]
}

/** True where the limit is kept, null where there is none. */
export function verdictOf(figure: Figure): boolean | null {
  if (!figure.limit) return null
  const value = figure.limit.of === 'ours' ? median(figure.ours) : ratioOf(figure)
  return 'atLeast' in figure.limit ? value >= figure.limit.atLeast : value <= figure.limit.atMost
}

export function formatReport({ figures, notes }: Report): string {
  const rows = figures.map((figure) => {
    const [low, high] = spreadOf(figure)
    const verdict = verdictOf(figure)
    return [
      figure.name,
      formatNumber(median(figure.ours)),
      figure.peers.length === 0 ? '–' : formatNumber(median(figure.peers)),
      figure.unit,
      figure.peer,
      formatRatio(ratioOf(figure)),
      Number.isFinite(low) && Number.isFinite(high)
        ? `${formatRatio(low)}–${formatRatio(high)}`
        : '–',
      formatLimit(figure.limit),
      verdict === null ? '' : verdict ? 'kept' : 'MISSED',
      figure.delivered === null
        ? ''
        : `${formatNumber(figure.delivered)} = ${formatNumber(figure.expected!)}`,
    ]
  })
  const header = [
    'figure',
    'ours',
    'peer',
    'unit',
    'peer is',
    'ratio',
    'spread',
    'limit',
    '',
    'delivered = expected',
  ]
  const lines = notes.map(({ about, text }) => `${about}: ${text}`)
  return [formatTable(header, rows), ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')
}

function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '–'
}

function formatLimit(limit: Limit | null): string {
  if (!limit) return '–'
  const bound = 'atLeast' in limit ? `≥ ${limit.atLeast}` : `≤ ${limit.atMost}`
  return limit.of === 'ours' ? `${bound} (ours)` : bound
}
