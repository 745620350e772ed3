import type { KeptStorage } from '../src/stores/kept'

/** Keeps strings as `localStorage` does, as long as the test lives. */
export function createStorage(entries: Readonly<Record<string, string>> = {}): KeptStorage {
  const values = new Map(Object.entries(entries))
  return {
    get length() {
      return values.size
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  }
}
