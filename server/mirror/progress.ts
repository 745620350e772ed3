import type { Checkpoint, RefillSpan } from '../event-log/event-log'
import type { PartitionSpan } from '../kafka/kafka'
import { proofOf } from './mark'

/** How far a partition durably got: in the log, and in the tables where there is a projection. */
export interface Progress {
  readonly logged: Checkpoint | null
  /** Null without a projection too. */
  readonly projected: Checkpoint | null
}

/** Where a partition is read on, as of now. */
export interface Place extends Progress {
  /** The first offset to read: the record that proves a checkpoint, which is compared with it. */
  readonly from: number
  /** While the log has no checkpoint: what is before this is projected and not logged. */
  readonly logFrom: number
  /** What the partition holds begins here. */
  readonly earliest: number
}

export type GapReason =
  /** The source holds less than the checkpoint. */
  | 'beyond_end'
  /** The source lost records that were not read yet. */
  | 'trimmed'
  /** Another record is in the checkpoint's place. */
  | 'other_record'

export type Finding =
  | { readonly finding: 'place'; readonly place: Place }
  | { readonly finding: 'gap'; readonly why: GapReason }

/** @param projects whether there is a projection, which reads all that the partition holds */
export function findPlace(
  { earliest, end }: Pick<PartitionSpan, 'earliest' | 'end'>,
  progress: Progress,
  refill: RefillSpan | undefined,
  projects: boolean,
): Finding {
  const { logged, projected } = progress
  for (const checkpoint of [logged, projected]) {
    const why = checkpoint && gapAt(checkpoint.offset, { earliest, end })
    if (why) return { finding: 'gap', why }
  }
  const stuck = refill && stuckAt(refill, { earliest, end })
  if (stuck) return { finding: 'gap', why: stuck }
  const logFrom = logged ? logged.offset : Math.max(earliest, refill?.start ?? earliest)
  const toLog = logged ? startOf(logged, earliest) : logFrom
  const toProject = startOf(projected, earliest)
  const from = Math.max(earliest, projects ? Math.min(toLog, toProject) : toLog)
  return { finding: 'place', place: { logged, projected, from, logFrom, earliest } }
}

/** Where its proof is read: before a mark without one there must be no record at all. */
function startOf(checkpoint: Checkpoint | null, earliest: number): number {
  return proofOf(checkpoint)?.offset ?? earliest
}

/** Why a source that spans this cannot be the one that was read up to and with `offset`, or null. */
export function gapAt(
  offset: number,
  { earliest, end }: Pick<PartitionSpan, 'earliest' | 'end'>,
): GapReason | null {
  if (offset >= end) return 'beyond_end'
  return earliest > offset + 1 ? 'trimmed' : null
}

/** Why a refill cannot end, or null: a target that no record has would keep the log closed for good. */
export function stuckAt(
  { target }: RefillSpan,
  { earliest, end }: Pick<PartitionSpan, 'earliest' | 'end'>,
): GapReason | null {
  if (target >= end) return 'beyond_end'
  return target < earliest ? 'trimmed' : null
}

/** Whether the store holds less than what landed there before it was asked, or something else. */
export function hasForgotten(stored: Checkpoint | null, landed: Checkpoint | null): boolean {
  if (!landed) return false
  if (!stored || stored.offset < landed.offset) return true
  return stored.offset === landed.offset && stored.fingerprint !== landed.fingerprint
}

/** The one that is further. */
export function further(a: Checkpoint | null, b: Checkpoint | null): Checkpoint | null {
  if (!a || !b) return a ?? b
  return b.offset > a.offset ? b : a
}
