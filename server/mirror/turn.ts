/**
 * For work of many that must not follow upon one another: each waits for those before it and for
 * the event loop to have looked at its sockets since.
 */
export function createTurn(): () => Promise<void> {
  let last = Promise.resolve()
  return () => (last = last.then(() => new Promise((resolve) => setImmediate(resolve))))
}
