/**
 * What Kafka does not know of, and for how long that has been so: brokers that have just started, or
 * whose view of the cluster is late, may deny for a moment what is there. What was said of it at long
 * intervals proves nothing.
 */
export class Absences {
  readonly #seen = new Map<string, { readonly since: number; at: number }>()

  /** @param goneAfterMs for how long it must have been in no answer to count as gone */
  constructor(
    private readonly goneAfterMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one answer into account. Those of `names` that are gone. */
  among(names: Iterable<string>, isThere: (name: string) => boolean): readonly string[] {
    const now = this.now()
    return [...names].filter((name) => {
      if (isThere(name)) {
        this.#seen.delete(name)
        return false
      }
      const seen = this.#seen.get(name)
      if (!seen || now - seen.at > this.goneAfterMs) {
        this.#seen.set(name, { since: now, at: now })
        return this.goneAfterMs === 0
      }
      seen.at = now
      return now - seen.since >= this.goneAfterMs
    })
  }
}
