/** What the sockets of a node have done since it started; they only grow. */
export interface SocketCounters {
  opened: number
  /** Closings by their code, of either side. */
  readonly closed: Record<number, number>
  /**
   * Sockets closed because their replay stood still. Those that are too slow for what is published
   * end as 1006 in `closed`: Bun does not tell them from connections that broke.
   */
  stalled: number
  invalidFrames: number
  /** Refused upgrades by status. */
  readonly refused: Record<number, number>
}

export function createSocketCounters(): SocketCounters {
  return { opened: 0, closed: {}, stalled: 0, invalidFrames: 0, refused: {} }
}

export function countIn(counts: Record<number, number>, key: number): void {
  counts[key] = (counts[key] ?? 0) + 1
}
