import { RESUME_REASONS, type ResumeReason } from '../protocol/frames'

/** What a hub has done since it was created; they only grow. */
export interface HubCounters {
  /** Resumes that were answered with everything missed, by where it came from. */
  readonly resumed: { window: number; log: number }
  readonly refused: Record<ResumeReason, number>
  /** Replays that were begun and could not be finished. */
  unfinished: number
  /** Sent to another node: the log holds what this node has not published yet. */
  moved: number
  /** Told to come again later: the log could not be asked. */
  postponed: number
  /** Events sent in replays. */
  replayed: number
  /** Entries that came through the tail. */
  entries: number
  /** How often every subscription was ended, by why. */
  readonly ended: { position_lost: number; behind: number; source_gap: number }
}

export function createCounters(): HubCounters {
  return {
    resumed: { window: 0, log: 0 },
    refused: Object.fromEntries(RESUME_REASONS.map((reason) => [reason, 0])) as Record<
      ResumeReason,
      number
    >,
    unfinished: 0,
    moved: 0,
    postponed: 0,
    replayed: 0,
    entries: 0,
    ended: { position_lost: 0, behind: 0, source_gap: 0 },
  }
}
