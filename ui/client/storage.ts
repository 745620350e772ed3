/** Where strings outlive a reload. Any method may throw: the client reports it and goes on without. */
export interface ClientStorage {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
}

/**
 * `localStorage` or `sessionStorage`. Pass a function, because in some browsers' privacy settings
 * even reading `window.localStorage` throws: `webStorage(() => localStorage)`.
 */
export function webStorage(storage: () => Storage): ClientStorage {
  return {
    get: (key) => storage().getItem(key),
    set: (key, value) => storage().setItem(key, value),
    remove: (key) => storage().removeItem(key),
  }
}

/** Keeps strings as long as the process lives, for tests and for clients outside of browsers. */
export function memoryStorage(): ClientStorage {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  }
}
