import type { Cursor } from '../protocol/cursor'
import type { LogChannel } from '../event-log/event-log'

/**
 * Reads of the log for replays: at most `concurrency` at a time, further ones wait their turn, and
 * those who ask for the same while it is waited for or read get the same answer.
 */
export class LogReads<Answer> {
  private readonly running = new Map<string, Promise<Answer>>()
  private readonly queue: (() => void)[] = []
  private free: number

  constructor(
    private readonly reader: (channel: LogChannel, cursor: Cursor) => Promise<Answer>,
    concurrency: number,
  ) {
    this.free = concurrency
  }

  read(channel: LogChannel, cursor: Cursor): Promise<Answer> {
    const key = channel.name === 'admin' ? `a ${cursor}` : `o ${cursor} ${channel.customer}`
    const shared = this.running.get(key)
    if (shared) return shared
    const answer = this.inTurn(channel, cursor).finally(() => this.running.delete(key))
    this.running.set(key, answer)
    return answer
  }

  private async inTurn(channel: LogChannel, cursor: Cursor): Promise<Answer> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.queue.push(resolve))
    try {
      return await this.reader(channel, cursor)
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.free++
    }
  }
}
