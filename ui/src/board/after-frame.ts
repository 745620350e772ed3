/**
 * Calls back once, after the next frame has been drawn: what the reader asked for is there before what
 * merely follows from it, and a question about the layout costs nothing. Returns what cancels it.
 */
export function afterFrame(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const frame = requestAnimationFrame(() => (timer = setTimeout(work)))
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}
