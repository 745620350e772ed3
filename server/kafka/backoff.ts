import type { KafkaLimits } from './limits'

export interface Backoff {
  /** How long to wait before the next try, in milliseconds; longer each time. */
  next(): number
  /** It worked: the next failure begins with the shortest pause again. */
  reset(): void
}

export function createBackoff([first, longest]: KafkaLimits['backoffMs']): Backoff {
  let failures = 0
  return {
    next: () => Math.min(longest, first * 2 ** Math.min(failures++, 16)),
    reset() {
      failures = 0
    },
  }
}

/** Settles as `work` does, or resolves when `signal` aborts before; leaves nothing behind on it. */
export function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => resolve()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  return promise
}
