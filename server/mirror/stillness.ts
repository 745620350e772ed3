/** For how long each of several things has not changed. */
export class Stillness {
  readonly #seen = new Map<string, { readonly state: string; since: number }>()

  /** Milliseconds since `name` was first seen in this state, or since it was counted anew. */
  observe(name: string, state: string, now: number): number {
    const seen = this.#seen.get(name)
    if (seen?.state === state) return now - seen.since
    this.#seen.set(name, { state, since: now })
    return 0
  }

  /** Counts anew. */
  forget(name: string): void {
    this.#seen.delete(name)
  }
}
