const DEADLINE_MS = 10_000

/** The promise, or an error once it took longer than a test should wait. */
export function within<T>(promise: Promise<T>, what: string, deadlineMs = DEADLINE_MS): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), deadlineMs)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
