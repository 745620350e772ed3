/** What the sockets of a node have done since it started; they only grow. */
export interface SocketCounters {
  opened: number
  /** Closings by their code, of either side. */
  readonly closed: Record<number, number>
  /** Sockets closed because their replay stood still. */
  stalled: number
  /**
   * Sockets that ended as 1006 with much still unread when they were last looked at, half a second
   * before at most: too slow for what is published, as far as Bun lets anybody know.
   */
  slow: number
  invalidFrames: number
  /** Refused upgrades by status. */
  readonly refused: Record<number, number>
}

export function createSocketCounters(): SocketCounters {
  return { opened: 0, closed: {}, stalled: 0, slow: 0, invalidFrames: 0, refused: {} }
}

export function countIn(counts: Record<number, number>, key: number): void {
  counts[key] = (counts[key] ?? 0) + 1
}
