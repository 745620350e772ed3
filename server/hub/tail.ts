import { AppError } from '../errors'
import type { EventLog, LogEntry } from '../event-log/event-log'
import type { Logger } from '../lib/logger'
import { isTold } from '../lib/outage'
import { pause } from '../lib/pause'
import { cursorOf } from '../event-log/entry'
import { compareIds, parseCursor } from '../protocol/cursor'
import { ProofAge } from './age'
import type { HubLimits } from './limits'
import { isRefilling, isTemporary, type LogStatus } from './log-status'
import { Pace } from './pace'
import type { Publisher } from './publisher'
import { runsOf } from './texts'

/** Why all subscriptions of a node end at the same time. */
export type EndReason = 'position_lost' | 'behind' | 'source_gap'

export interface TailListener {
  /** All subscriptions are to end, in this very tick; their clients resume. */
  ended(reason: EndReason): void
  /** The subject's tokens are revoked. */
  revoked(subject: string): void
  /** Entries came through. */
  published(entries: readonly LogEntry[]): void
}

const RETRY_MS = [100, 500, 1_000, 2_000, 5_000]
/** Entries this old when they come through are a reason to look how far behind the tail is. */
const LATE_MS = 2_000
const LOOK_AGAIN_MS = { least: 5_000, most: 60_000 }

/** The log does not continue where this node stands. */
class Broken extends Error {
  override readonly name = 'Broken'
  constructor(readonly reason: EndReason) {
    super(`the log does not continue here: ${reason}`)
  }
}

/**
 * Follows the log and hands everything to the publisher. A log that cannot be reached is tried again
 * while sockets stay and are told the age of what they see; one that does not continue where this
 * node stands is loaded anew, and the sockets resume.
 */
export class Tail {
  /** Since when the log could not be read, or 0. */
  private stalledSince = 0
  private statusNow: LogStatus = 'unreachable'
  /** Whether somebody was told who now waits for the end. */
  private said = false
  private readonly proof = new ProofAge()
  /** When the oldest entry was appended that is here and not published, or 0. */
  private heldSince = 0
  private lookedAt = 0
  private lookAgainMs = LOOK_AGAIN_MS.least
  private readonly maxTurnBytes: number
  private readonly pace: Pace

  constructor(
    private readonly log: EventLog,
    private readonly publisher: Publisher,
    private readonly limits: HubLimits,
    private readonly listener: TailListener,
    private readonly logger: Logger,
  ) {
    this.maxTurnBytes = limits.backpressureLimitBytes / 4
    this.pace = new Pace(this.maxTurnBytes)
  }

  get status(): LogStatus {
    return this.statusNow
  }

  /** Loads the window. Rejects where the log cannot be read for good; otherwise it tries again. */
  load(signal: AbortSignal): Promise<void> {
    return this.loadUnless((error) => !isTemporary(error) && !(error instanceof Broken), signal)
  }

  private async loadUnless(
    isFinal: (error: unknown) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { windowMaxEntries, windowMaxBytes } = this.limits
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const entries = await this.log.newest(windowMaxEntries, windowMaxBytes)
        for (let at = 1; at < entries.length; at++) verifyLink(entries[at - 1]!, entries[at]!)
        this.publisher.load(entries)
        this.proof.reset()
        this.proof.take(entries)
        this.goOn()
        return
      } catch (error) {
        if (isFinal(error)) throw error
        await this.stall(error, attempt, signal)
      }
    }
  }

  /** Follows until `signal` aborts; the window is loaded. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted;) {
      try {
        if (attempt > 0) await this.look()
        for await (const batch of this.log.tail(this.publisher.position!, signal)) {
          attempt = 0
          this.goOn()
          await this.take(batch, signal)
        }
        if (!signal.aborted) throw new AppError('log_closed', 503, 'The log ended its tail.')
      } catch (error) {
        if (signal.aborted) return
        const reason = breakReason(error)
        if (reason) await this.reload(reason, signal)
        else await this.stall(error, attempt++, signal)
      }
    }
  }

  /** Age of the oldest fact that is known not to have come through, in milliseconds. */
  ageMs(now: number): number {
    const held = this.heldSince > 0 ? now - this.heldSince : 0
    const stalled = this.stalledSince > 0 ? now - this.stalledSince : 0
    const proof = this.limits.expectBeats ? this.proof.ageMs(now) : 0
    return Math.max(0, this.log.pendingAgeMs(), held, stalled, proof)
  }

  private async take(batch: readonly LogEntry[], signal: AbortSignal): Promise<void> {
    this.heldSince = batch[0]?.at ?? 0
    await this.refuseToFlood(batch)
    for (const { entries, bytes } of runsOf(batch, this.maxTurnBytes)) {
      this.heldSince = entries[0]!.at
      const turn = this.pace.turnFor(bytes)
      if (turn) await turn
      if (signal.aborted) return
      this.publish(entries)
      this.pace.published(bytes)
    }
    this.heldSince = 0
  }

  private publish(run: readonly LogEntry[]): void {
    let before = this.publisher.newest!
    for (const entry of run) {
      verifyLink(before, entry)
      before = entry
    }
    this.publisher.publishRun(run)
    this.proof.take(run)
    this.listener.published(run)
    if (before.kind === 'gap') this.listener.ended('source_gap')
    if (before.kind === 'revoke') this.listener.revoked(before.note)
  }

  /** More than half a window behind, resuming is cheaper for all than what would be published. */
  private async refuseToFlood(batch: readonly LogEntry[]): Promise<void> {
    const now = Date.now()
    if (this.publisher.topics.size === 0 || !batch[0]) return
    if (now - batch[0].at < LATE_MS) {
      this.lookAgainMs = LOOK_AGAIN_MS.least
      return
    }
    if (now - this.lookedAt < this.lookAgainMs) return
    this.lookedAt = now
    // Where only the clocks disagree, everything is late: the read is a large one, and soon rare.
    this.lookAgainMs = Math.min(2 * this.lookAgainMs, LOOK_AGAIN_MS.most)
    const { windowMaxEntries, windowMaxBytes } = this.limits
    const [oldest] = await this.log.newest(
      Math.ceil(windowMaxEntries / 2),
      Math.ceil(windowMaxBytes / 2),
    )
    const position = parseCursor(this.publisher.position!)!
    if (oldest && compareIds(oldest.id, position.id) > 0) throw new Broken('behind')
  }

  private async reload(reason: EndReason, signal: AbortSignal): Promise<void> {
    const { position } = this.publisher
    this.said = true
    this.logger.warn({ reason, position }, 'the log does not go on from here: loading it anew')
    this.stalledSince ||= Date.now()
    // Until then sockets keep the old window. Whatever is in the way may be put right meanwhile.
    await this.loadUnless(() => false, signal)
    this.heldSince = 0
    if (!signal.aborted) this.listener.ended(reason)
  }

  /** A silent log cannot show that it is followed again: whoever stands at its head is up to date. */
  private async look(): Promise<void> {
    const [newest] = await this.log.newest(1, 1)
    if (newest && cursorOf(newest) === this.publisher.position) this.goOn()
  }

  private goOn(): void {
    if (this.stalledSince > 0) {
      const afterMs = Date.now() - this.stalledSince
      this.logger[this.said ? 'info' : 'debug']({ afterMs }, 'the log is followed again')
    }
    this.stalledSince = 0
    this.said = false
    this.statusNow = 'ok'
  }

  private async stall(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    this.stalledSince ||= Date.now()
    const status = isRefilling(error) ? 'refilling' : 'unreachable'
    const retryMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!
    // An outage of hours is not a line every five seconds, and one that is told is none here.
    const quiet = isTold(error) || (attempt > 0 && status === this.statusNow)
    this.said ||= !quiet
    if (quiet) {
      this.logger.debug({ err: error, status, retryMs }, 'the log cannot be followed yet')
    } else if (status === 'refilling') {
      this.logger.info({ status, retryMs }, 'the log is not open yet, or is being filled')
    } else {
      this.logger.warn({ err: error, status, retryMs }, 'the log cannot be followed')
    }
    this.statusNow = status
    await pause(retryMs, signal)
  }
}

function verifyLink(before: LogEntry, entry: LogEntry): void {
  if (entry.prevTag !== before.tag) throw new Broken('position_lost')
}

function breakReason(error: unknown): EndReason | null {
  if (error instanceof Broken) return error.reason
  return error instanceof AppError && error.code === 'position_lost' ? 'position_lost' : null
}
