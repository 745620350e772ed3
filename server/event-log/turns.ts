/**
 * Starts works in the order in which they were handed over, so many at a time: what is behind can
 * rely on what is before it having been sent, and nothing waits longer for its answer than those few.
 */
export class Turns {
  readonly #queue: (() => void)[] = []
  #free: number

  constructor(width: number) {
    this.#free = width
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0 && this.#queue.length === 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#queue.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
