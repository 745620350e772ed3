import { onCleanup } from 'solid-js'

/** In a rush the rows are put in order so often; else at once. */
const PACE_MS = 500

/**
 * Owned. Rows stand where the list has them by their style alone; whoever goes through them by keyboard,
 * or has them read out, meets them as the page has them. To move a row there makes the browser work out
 * all its styles anew: in a rush that is done for all rows together.
 * @param rows as they should follow on each other
 * @returns what to call when that may have changed
 */
export function createRowOrder(rows: () => readonly HTMLElement[]): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let due = false

  function arrange(): void {
    due = false
    arrangeRows(rows())
    timer = setTimeout(() => {
      timer = null
      if (due) arrange()
    }, PACE_MS)
  }
  onCleanup(() => {
    if (timer !== null) clearTimeout(timer)
  })

  return () => {
    due = true
    if (timer === null) arrange()
  }
}

/** Moves what is not where it should be, and never the row that has the focus: it would lose it. */
function arrangeRows(rows: readonly HTMLElement[]): void {
  const focused = rows.findIndex((row) => row.contains(document.activeElement))
  const parent = rows[0]?.parentElement
  if (!parent) return
  let before: HTMLElement | null = null
  for (const row of rows.slice(Math.max(0, focused))) {
    const isPlaced = row === rows[focused] || row.previousElementSibling === before
    if (!isPlaced) parent.insertBefore(row, before ? before.nextSibling : parent.firstChild)
    before = row
  }
  let after: Element | null = rows[focused] ?? null
  for (const row of rows.slice(0, Math.max(0, focused)).toReversed()) {
    if (row.nextElementSibling !== after) parent.insertBefore(row, after)
    after = row
  }
}
