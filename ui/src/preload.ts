import { createEffect, onCleanup } from 'solid-js'

/** What the first page asks for itself comes first. */
const AFTER_MS = 1_000
/** On a page that is never idle they come all the same. */
const AT_LAST_MS = 10_000

/**
 * Owned: loads pages in advance, one after the other, when nothing else is going on: they open also
 * while the server is away.
 *
 * @param pages reactive: those that whoever is here may open; one that fails is loaded once it is opened
 */
export function createPreload(pages: () => readonly (() => Promise<unknown>)[]): void {
  createEffect(() => {
    const wanted = pages()
    onCleanup(
      whenIdle(async (signal) => {
        for (const load of wanted) {
          if (signal.aborted) return
          await load().catch(() => undefined)
        }
      }),
    )
  })
}

/** Returns what keeps it from being done, or tells it to end. */
function whenIdle(run: (signal: AbortSignal) => Promise<void>): () => void {
  const ended = new AbortController()
  const { signal } = ended
  const start = () => void (signal.aborted || run(signal))
  const timer = setTimeout(() => {
    // Safari has none.
    if (typeof requestIdleCallback === 'function')
      requestIdleCallback(start, { timeout: AT_LAST_MS })
    else start()
  }, AFTER_MS)
  return () => {
    clearTimeout(timer)
    ended.abort()
  }
}
