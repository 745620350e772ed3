/** Time, as far as the client needs it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` once after `ms`, however long. Returns what cancels it. */
  after(ms: number, run: () => void): () => void
}

/** Beyond it `setTimeout` fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (leftMs: number) => {
      timer =
        leftMs > LONGEST_TIMEOUT_MS
          ? setTimeout(() => wait(leftMs - LONGEST_TIMEOUT_MS), LONGEST_TIMEOUT_MS)
          : setTimeout(run, leftMs)
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
}
