import type { Locks } from './tab-claims'

const PREFIX = 'orderwire:command '
/** A command that takes longer keeps nobody from the news. */
const PATIENCE_MS = 3_000

/** Commands that the reader has given, in whatever tab of the browser, and that are not answered yet. */
export interface Commands {
  /** Runs a command; other tabs know that one is under way until what it resolves to is there. */
  readonly run: <Result>(command: () => Promise<Result>) => Promise<Result>
  /** Resolves when none is under way, or it takes too long, or cannot be known. Never rejects. */
  readonly settled: () => Promise<void>
}

/** @param locks null where the browser has none: tabs know nothing of each other then */
export function createCommands(locks: Locks | null): Commands {
  return {
    // Each under a name of its own: whoever waits for one stands in the way of no other.
    run: async (command) =>
      locks ? locks.request(PREFIX + crypto.randomUUID(), command) : command(),
    async settled() {
      if (!locks) return
      const signal = AbortSignal.timeout(PATIENCE_MS)
      try {
        const { held = [] } = await locks.query()
        const underWay = held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name] : []))
        await Promise.all(underWay.map((name) => locks.request(name, { signal }, () => undefined)))
      } catch (error) {
        // Nothing of a command ends here, only the wait for it: its own error is for whoever gave it.
        if (!signal.aborted) reportError(error)
      }
    },
  }
}
