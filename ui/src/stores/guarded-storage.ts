import type { KeptStorage } from './kept'

/** A value that the browser did not take, and what it had in its place then. */
interface Refused {
  readonly value: string
  readonly instead: string | null
}

/**
 * A storage that never throws. What the browser does not take, because it is full or because nothing
 * may be kept there, is kept as long as the page lives. The first refusal is reported, and no other.
 *
 * @param open in some browsers' privacy settings even reading `window.localStorage` throws
 */
export function guardStorage(
  open: () => KeptStorage,
  report: (error: unknown) => void = reportError,
): KeptStorage {
  const refused = new Map<string, Refused>()
  let isReported = false

  function attempt<Result>(access: (storage: KeptStorage) => Result): Result | undefined {
    try {
      return access(open())
    } catch (error) {
      if (!isReported) report(error)
      isReported = true
      return undefined
    }
  }

  const stored = (name: string) => attempt((storage) => storage.getItem(name)) ?? null

  function names(): readonly string[] {
    const all = attempt((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index)),
    )
    const known = (all ?? []).filter((name) => name !== null)
    return [...new Set([...known, ...refused.keys()])]
  }

  return {
    get length() {
      return names().length
    },
    key: (index) => names()[index] ?? null,
    getItem(name) {
      const [now, mine] = [stored(name), refused.get(name)]
      if (mine && mine.instead === now) return mine.value
      // Another tab has written since: that is newer.
      refused.delete(name)
      return now
    },
    setItem(name, value) {
      const isTaken = attempt((storage) => {
        storage.setItem(name, value)
        return true
      })
      if (isTaken) refused.delete(name)
      else refused.set(name, { value, instead: stored(name) })
    },
    removeItem(name) {
      refused.delete(name)
      attempt((storage) => storage.removeItem(name))
    },
  }
}

/** False where the browser lets the page keep nothing: it then gives it no locks either, though it has them. */
export function mayKeep(open: () => KeptStorage = () => localStorage): boolean {
  try {
    return open() !== null
  } catch {
    return false
  }
}

/** What outlives a reload, and is the same in all tabs. */
export const browserStorage = guardStorage(() => localStorage)
/** What outlives a reload of this tab. */
export const tabStorage = guardStorage(() => sessionStorage)
