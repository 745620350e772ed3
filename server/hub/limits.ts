/** How much a hub holds and how fast it goes. Default values: server/config.ts. */
export interface HubLimits {
  /** The replay window keeps at most this many of the newest entries, … */
  readonly windowMaxEntries: number
  /** … and about this many bytes of them, frames that were already put together included. */
  readonly windowMaxBytes: number
  /** A resume that missed more events than this is `too_far`: a snapshot is cheaper. */
  readonly replayMaxEntries: number
  /** Reads of the log for replays that run at the same time; further ones wait. */
  readonly replayConcurrency: number
  /** A replay whose client takes nothing for this long is ended. */
  readonly replayStallMs: number
  /** How long a cursor newer than this node's position waits for the tail. */
  readonly aheadWaitMs: number
  /** Upper bound of the random `retryAfterMs` of a refused resume. */
  readonly retrySpreadMs: number
  /** Each channel with subscribers gets one heartbeat in this time. */
  readonly heartbeatMs: number
  /** What Bun buffers for one socket before it closes it; at least 256 KiB. */
  readonly backpressureLimitBytes: number
  /**
   * The log carries an entry (a beat, if nothing else) every few seconds: then the age of the newest
   * one counts as delay. False for the embedded log, which is silent while nothing happens.
   */
  readonly expectBeats: boolean
}
