import type { Cursor } from '../../server/protocol/cursor'

/** The newest ids that were added, a bounded number of them. */
export class RecentIds {
  readonly #ids = new Set<Cursor>()

  constructor(readonly capacity: number) {}

  has(id: Cursor): boolean {
    return this.#ids.has(id)
  }

  add(id: Cursor): void {
    this.#ids.add(id)
    if (this.#ids.size > this.capacity) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest)
        break
      }
    }
  }

  clear(): void {
    this.#ids.clear()
  }
}
