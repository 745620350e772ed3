/**
 * Milliseconds since the epoch with fractions, comparable between processes of one machine.
 * (`process.hrtime` counts from the start of each process.)
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** CPU milliseconds (user and system) that this process has used. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
