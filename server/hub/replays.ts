import type { EventLog, LogChannel } from '../event-log/event-log'
import type { Logger } from '../lib/logger'
import { compareIds, type Cursor, type EntryId, parseCursor } from '../protocol/cursor'
import type { ResumeReason } from '../protocol/frames'
import type { HubCounters } from './counters'
import type { HubLimits } from './limits'
import { LogReads } from './log-reads'
import { isTemporary, type LogStatus, refuseUnlessOk } from './log-status'
import type { Publisher } from './publisher'
import type { LogAnswer, Replay, ReplayHost } from './replay'
import { lastAfter, SnapshotTurns, upToPosition } from './resume'
import { replayTexts, type ReplayTexts, textBytes } from './texts'
import type { Topic } from './topics'
import { eventFrame, type ReplayWindow } from './window'

/** Texts kept for clients that resume from the same place at the same position. */
const MAX_KEPT_TEXTS = 256
/** A read of the log serves those who come this soon after it and ask for the same. */
const KEEP_READ_MS = 1_000

/** What the replays of a node share: texts, reads of the log, and what is counted of them. */
export class Replays implements ReplayHost {
  readonly pauseAtBytes: number
  readonly textBytes: number
  private readonly reads: LogReads<LogAnswer>
  private readonly kept = new Map<string, ReplayTexts>()
  private keptAt: Cursor | null = null
  private readonly snapshotTurns: SnapshotTurns

  constructor(
    private readonly log: EventLog,
    private readonly publisher: Publisher,
    private readonly limits: HubLimits,
    private readonly counters: HubCounters,
    private readonly logger: Logger,
    private readonly logStatus: () => LogStatus,
  ) {
    this.snapshotTurns = new SnapshotTurns(limits.retrySpreadMs)
    this.pauseAtBytes = limits.backpressureLimitBytes / 2
    this.textBytes = textBytes(limits.backpressureLimitBytes)
    this.reads = new LogReads({
      read: (channel, cursor) => this.readLog(channel, cursor),
      concurrency: limits.replayConcurrency,
      keepMs: KEEP_READ_MS,
      isGood: (answer) => this.goesOn(answer),
    })
  }

  get window(): ReplayWindow | null {
    return this.publisher.window
  }

  isRefilling(): boolean {
    return this.logStatus() === 'refilling'
  }

  join(channel: LogChannel): Topic {
    return this.publisher.topics.join(channel)
  }

  reached(id: EntryId): Promise<boolean> {
    return this.publisher.reached(id, this.limits.aheadWaitMs)
  }

  fromLog(channel: LogChannel, cursor: Cursor): Promise<LogAnswer> {
    return this.reads.read(channel, cursor)
  }

  /** Null where more was missed than may be replayed. */
  fromWindow(channel: LogChannel, seq: number, cursor: Cursor): ReplayTexts | null {
    if (this.keptAt !== this.publisher.position) this.kept.clear()
    this.keptAt = this.publisher.position
    const key = channel.name === 'admin' ? `${seq}` : `${seq} ${channel.customer}`
    const known = this.kept.get(key)
    if (known) return known
    const texts = this.windowTexts(channel, seq, cursor)
    if (!texts) return null
    if (this.kept.size >= MAX_KEPT_TEXTS) this.kept.clear()
    this.kept.set(key, texts)
    return texts
  }

  retryAfterMs(): number {
    return this.snapshotTurns.next(performance.now(), Math.random())
  }

  // What becomes of resumes is counted, and not told: after an outage all clients come at once.

  started({ channel, subject }: Replay, replayed: number, from: 'window' | 'log'): void {
    this.counters.resumed[from]++
    this.counters.replayed += replayed
    const outcome = { channel: channel.name, recovered: true, replayed, from, subject }
    this.logger.debug(outcome, 'resume')
  }

  refused({ channel, subject }: Replay, reason: ResumeReason): void {
    this.counters.refused[reason]++
    const outcome = { channel: channel.name, recovered: false, reason, replayed: 0, subject }
    this.logger.debug(outcome, 'resume')
  }

  unfinished({ channel, subject }: Replay): void {
    this.counters.unfinished++
    this.logger.warn({ channel: channel.name, subject }, 'replay broken off')
  }

  moved({ channel, subject }: Replay): void {
    this.counters.moved++
    this.logger.debug({ channel: channel.name, subject }, 'resume sent to another node')
  }

  postponed(): void {
    this.counters.postponed++
  }

  failed({ channel, subject }: Replay, error: unknown): void {
    this.counters.postponed++
    this.logger[isTemporary(error) ? 'debug' : 'error'](
      { err: error, channel: channel.name, subject },
      'resume failed',
    )
  }

  private windowTexts(channel: LogChannel, seq: number, cursor: Cursor): ReplayTexts | null {
    const window = this.publisher.window!
    const missed = window.missed(channel, seq, this.limits.replayMaxEntries)
    if (!missed) return null
    const { seqs } = missed
    const last = missed.last ?? (seqs.length === 0 ? this.publisher.lastOf(channel) : null)
    const texts = replayTexts(
      {
        channel: channel.name,
        cursor,
        last,
        events: seqs.map((at) => window.frame(channel.name, at)),
        to: this.publisher.position!,
        lastAtEnd: seqs.length === 0 ? last : window.cursor(seqs.at(-1)!),
      },
      this.textBytes,
    )
    return { texts, replayed: seqs.length, window, seq: window.last }
  }

  /** Whether the window goes on where the answer ends. A refusal is never kept. */
  private goesOn(answer: LogAnswer): boolean {
    const { window } = this.publisher
    if (!answer.ok || window === null || answer.texts.window !== window) return false
    const { seq } = answer.texts
    return seq >= window.first - 1 && seq >= window.gap
  }

  private async readLog(channel: LogChannel, cursor: Cursor): Promise<LogAnswer> {
    refuseUnlessOk(this.logStatus())
    const read = await this.log.replay(channel, cursor, this.limits.replayMaxEntries)
    if (!read.ok) return read
    const window = this.publisher.window!
    if (isAhead(cursor, this.publisher.position!)) {
      // It is in the log, and nothing can be sent from here: its place is not published yet.
      return { ok: true, texts: { texts: [], replayed: 0, window, seq: -Infinity } }
    }
    const { entries, to, last: before } = upToPosition(read, channel.name, this.publisher.position!)
    // Where the window has run past it meanwhile, the client gets this much and resumes from there.
    const seq = window.find(parseCursor(to)!) ?? -Infinity
    const last = before ?? (entries.length === 0 ? this.publisher.lastOf(channel) : null)
    const texts = replayTexts(
      {
        channel: channel.name,
        cursor,
        last,
        events: entries.map((entry) => eventFrame(channel.name, entry)),
        to,
        lastAtEnd: lastAfter(entries, last),
      },
      this.textBytes,
    )
    return { ok: true, texts: { texts, replayed: entries.length, window, seq } }
  }
}

function isAhead(cursor: Cursor, position: Cursor): boolean {
  return compareIds(parseCursor(cursor)!.id, parseCursor(position)!.id) > 0
}
