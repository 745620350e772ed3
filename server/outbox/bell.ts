/** Ends somebody's waiting early. A ring while nobody waits ends the next waiting at once. */
export class Bell {
  private rung = false
  private wake: (() => void) | null = null

  ring(): void {
    this.rung = true
    this.wake?.()
  }

  /** Resolves once it rang, after `ms`, or when `signal` aborts; one waits at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rung) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.wake = resolve
      await pause(ms, signal, promise)
      this.wake = null
    }
    this.rung = false
  }
}

/** Resolves after `ms`, when `signal` aborts, or with `sooner`. */
export async function pause(
  ms: number,
  signal: AbortSignal,
  sooner?: Promise<unknown>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => resolve()
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', done)
  if (signal.aborted) done()
  try {
    await (sooner ? Promise.race([promise, sooner]) : promise)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', done)
  }
}
