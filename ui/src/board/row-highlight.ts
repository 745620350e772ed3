/** With more changes a second nobody can follow them, and the list would do nothing but flicker. */
const MAX_PER_SECOND = 8

/** Shows for a moment that a row has changed; the animation, or null where there is none. */
export type HighlightRow = (row: HTMLElement) => Animation | null

/** @param now milliseconds */
export function createRowHighlight(now: () => number = () => performance.now()): HighlightRow {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)')
  const isCalm = createRateLimit(MAX_PER_SECOND, 1_000, now)
  return (row) => {
    if (!isCalm() || still.matches) return null
    return row.animate([{ backgroundColor: 'var(--accent-soft)' }, {}], {
      duration: 1_800,
      easing: 'ease-out',
    })
  }
}

/** Tells at each call whether there were no more than `most` within the last `spanMs`, with this one. */
export function createRateLimit(most: number, spanMs: number, now: () => number): () => boolean {
  /** The last calls, one more than are allowed, the oldest first. */
  const calls: number[] = []
  return () => {
    calls.push(now())
    if (calls.length <= most) return true
    if (calls.length > most + 1) calls.shift()
    return calls.at(-1)! - calls[0]! >= spanMs
  }
}
