import type { Logger } from './logger'

/** What works so soon after a failure does not end an outage: one that wavers is one. */
const QUIET_MS = 1_000

/** Failures that an outage was told by. */
const told = new WeakSet<Error>()

/** Whether the outage behind it is in the log already, so that whoever meets it need not say so. */
export function isTold(error: unknown): boolean {
  return error instanceof Error && told.has(error)
}

export interface OutageOptions {
  /** The service, by its name. */
  readonly service: string
  /** Where it is, without a password. */
  readonly place: string
  /** What goes on without it, and what does not. */
  readonly meanwhile: string
  readonly logger: Logger
}

/** Tells once that a service went away, and once that it is back, however many notice. */
export class Outage {
  #since: number | null = null
  #failedAt = 0
  #ended = false

  constructor(
    private readonly options: OutageOptions,
    private readonly quietMs = QUIET_MS,
  ) {}

  /** Somebody could not reach it. */
  failed(error: Error): void {
    told.add(error)
    this.#failedAt = performance.now()
    if (this.#since !== null || this.#ended) return
    this.#since = this.#failedAt
    const { logger, service, place, meanwhile } = this.options
    logger.warn({ place, why: whyOf(error) }, `${service} is out of reach: ${meanwhile}`)
  }

  /** Somebody reached it. */
  works(): void {
    const now = performance.now()
    if (this.#since === null || this.#ended || now - this.#failedAt < this.quietMs) return
    const forMs = Math.round(now - this.#since)
    this.#since = null
    const { logger, service, place } = this.options
    logger.info({ place, forMs }, `${service} is within reach again`)
  }

  /** Nothing is told any more: we are going ourselves. */
  end(): void {
    this.#ended = true
  }
}

/** The innermost cause: what is around it says what it means for those who asked. */
function whyOf(error: Error): string {
  let innermost: Error = error
  while (innermost.cause instanceof Error) innermost = innermost.cause
  return innermost.message
}
