/** What survives a reload, under names of our own: the part of `Storage` that the stores use. */
export type KeptStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'orderwire:'

/** A JSON value under one name. */
export interface Kept<Value> {
  /** Null when nothing (or nothing readable) is kept. Taken apart once, however often it is read. */
  readonly read: () => Value | null
  readonly write: (value: Value) => void
  readonly drop: () => void
}

/** @param isValue guards against what an older version or a person left there */
export function kept<Value>(
  storage: KeptStorage,
  name: string,
  isValue: (value: unknown) => value is Value,
): Kept<Value> {
  const key = PREFIX + name
  let last: { readonly text: string; readonly value: Value | null } | null = null
  return {
    read() {
      const text = storage.getItem(key)
      if (text === null) return null
      if (text !== last?.text) {
        const value = parseJson(text)
        last = { text, value: isValue(value) ? value : null }
      }
      return last.value
    },
    write: (value) => storage.setItem(key, JSON.stringify(value)),
    drop: () => storage.removeItem(key),
  }
}

/** Forgets everything kept under our names, whoever it belonged to, but for what `stays`. */
export function dropAllKept(
  storage: KeptStorage,
  stays: (name: string) => boolean = () => false,
): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  for (const key of keys) {
    if (key?.startsWith(PREFIX) && !stays(key.slice(PREFIX.length))) storage.removeItem(key)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
