import type { Snapshot } from './api'
import { SnapshotRefused } from './api'
import type { Clock } from './clock'
import { backoffMs } from './delays'

/** A request that was not answered by then is aborted, and made again. */
const SNAPSHOT_TIMEOUT_MS = 30_000

export interface LoaderEffects {
  load(signal: AbortSignal): Promise<Snapshot>
  loaded(snapshot: Snapshot): void
  refused(error: SnapshotRefused): void
  /** It failed, and will be tried again. */
  failed(error: unknown): void
}

/** Loads one snapshot, and tries until it has it. */
export class SnapshotLoader {
  #failures = 0
  #abort = () => {}
  #cancelTimer = () => {}
  #waitsAfterFailure = false

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly effects: LoaderEffects,
  ) {}

  start(delayMs: number): void {
    this.stop()
    this.#failures = 0
    this.#after(delayMs)
  }

  /** There is a reason to believe that it works again: a wait after a failure ends, a hinted one does not. */
  hurry(delayMs: number): void {
    if (this.#waitsAfterFailure) this.#after(delayMs)
  }

  stop(): void {
    this.#waitsAfterFailure = false
    this.#cancelTimer()
    this.#abort()
  }

  #after(delayMs: number): void {
    this.#cancelTimer()
    if (delayMs > 0) this.#cancelTimer = this.clock.after(delayMs, () => this.#attempt())
    else this.#attempt()
  }

  #attempt(): void {
    this.#waitsAfterFailure = false
    const { signal, settle } = this.#newAttempt()
    const asked = (async () => this.effects.load(signal))()
    asked.then(
      (snapshot) => {
        if (settle()) this.effects.loaded(snapshot)
      },
      (error: unknown) => {
        if (settle()) this.#failed(error)
      },
    )
  }

  /** `settle` is true for the first that has something to say about this attempt. */
  #newAttempt(): { readonly signal: AbortSignal; readonly settle: () => boolean } {
    const controller = new AbortController()
    const { signal } = controller
    let settled = false
    const settle = () => {
      const first = !settled
      settled = true
      if (first) this.#cancelTimer()
      return first
    }
    this.#abort = () => {
      if (settle()) controller.abort()
    }
    this.#cancelTimer = this.clock.after(SNAPSHOT_TIMEOUT_MS, () => {
      if (!settle()) return
      const error = new Error(`The snapshot did not arrive within ${SNAPSHOT_TIMEOUT_MS} ms.`)
      controller.abort(error)
      this.#failed(error)
    })
    return { signal, settle }
  }

  #failed(error: unknown): void {
    if (error instanceof SnapshotRefused) return this.effects.refused(error)
    this.#waitsAfterFailure = true
    this.#after(backoffMs(this.#failures++, this.random()))
    this.effects.failed(error)
  }
}
