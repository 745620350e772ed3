/** What is remembered of a client that is sending. A connection that lies idle has none. */
export class Inbox {
  /** Objects that wait for the `auth` before them. */
  waiting: string[] | null = null
  /** Objects that were not of the protocol. */
  invalid = 0
  private second = 0
  private inSecond = 0

  /** Counts objects, however they are framed; answers how many came in the running second. */
  count(objects: number): number {
    const second = runningSecond()
    this.inSecond = second === this.second ? this.inSecond + objects : objects
    this.second = second
    return this.inSecond
  }

  /** Whether there is nothing to remember any more. */
  isEmpty(): boolean {
    return this.waiting === null && this.invalid === 0 && this.second !== runningSecond()
  }
}

function runningSecond(): number {
  return Math.floor(performance.now() / 1_000)
}
