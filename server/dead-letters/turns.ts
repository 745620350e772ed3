/** Runs `work` when what was begun before under the same key has ended, however it did. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>

export function createTurns(): InTurn {
  const newest = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const mine = (newest.get(key) ?? Promise.resolve()).then(work, work)
    newest.set(key, mine)
    try {
      return await mine
    } finally {
      if (newest.get(key) === mine) newest.delete(key)
    }
  }
}
