/** The longest rest between two ticks that publish. Adds at most this to an event's way, under load. */
const MAX_REST_MS = 2
/** Shorter rests are not worth a timer. */
const MIN_REST_MS = 0.5

/**
 * When entries may be published. In one turn of the event loop at most `maxBytes`: more would close
 * even those who read as fast as they can. And after a turn that published, the next comes no sooner
 * than that one took, or 2 ms: meanwhile entries gather, and what is published in one turn shares one
 * write a socket. Where publishing costs next to nothing, or is rare, there is no rest.
 */
export class Pace {
  private bytes = 0
  private turnEnded: Promise<void> | null = null
  private restUntil = 0

  constructor(private readonly maxBytes: number) {}

  /** Resolves when so many bytes may be published; null: at once. Then call `published`. */
  turnFor(bytes: number): Promise<void> | null {
    if (this.turnEnded) {
      if (this.bytes + bytes <= this.maxBytes) return null
      return this.turnEnded.then(() => this.turnFor(bytes) ?? undefined)
    }
    const restMs = this.restUntil - performance.now()
    if (restMs < MIN_REST_MS) return null
    return new Promise((resolve) => setTimeout(resolve, Math.ceil(restMs)))
  }

  published(bytes: number): void {
    this.bytes += bytes
    if (this.turnEnded) return
    const startedAt = performance.now()
    this.turnEnded = new Promise((resolve) =>
      setImmediate(() => {
        const endedAt = performance.now()
        this.turnEnded = null
        this.bytes = 0
        this.restUntil = endedAt + Math.min(endedAt - startedAt, MAX_REST_MS)
        resolve()
      }),
    )
  }
}
