import type { Cursor } from '../../../server/protocol/cursor'
import { foldInto } from '../../../server/protocol/fold'
import type { ResumeReason } from '../../../server/protocol/frames'
import type { Order } from '../../../server/protocol/order'
import { anOrder } from './orders'

export interface ModelEntry {
  readonly id: Cursor
  /** The event before it, `''` where none was held. */
  readonly prev: Cursor | ''
  /** Null: an entry that is no event of the channel (another customer's, a beat). */
  readonly order: Order | null
}

/** The log and the order table as DESIGN has them, in a few lines and in memory. */
export class ModelLog {
  /** Everything ever appended since the log began; what is before `#floor` was trimmed. */
  entries: ModelEntry[] = []
  readonly table = new Map<string, Order>()
  #floor = 0
  #epoch = 0
  #gapAt = -1

  constructor() {
    this.append('first')
  }

  get held(): readonly ModelEntry[] {
    return this.entries.slice(Math.max(this.#floor, this.#gapAt))
  }

  get position(): Cursor {
    return this.entries.at(-1)!.id
  }

  /** Changes an order and logs it. */
  append(orderId: string): ModelEntry {
    const order = this.change(orderId)
    return this.#push(order, this.lastAtOrBefore(this.entries.at(-1)?.id) ?? '')
  }

  /** Changes an order without an entry, as a source does that loses data. */
  change(orderId: string): Order {
    const order = anOrder(orderId, (this.table.get(orderId)?.version ?? 0) + 1)
    foldInto(this.table, order)
    return order
  }

  /** An entry that is not of the channel. */
  beat(): void {
    this.#push(null, '')
  }

  gap(): void {
    this.beat()
    this.#gapAt = this.entries.length - 1
  }

  /** Keeps the newest `count` entries, and the newest event. */
  trim(count: number): void {
    const newestEvent = this.entries.findLastIndex(({ order }) => order !== null)
    this.#floor = Math.max(
      this.#floor,
      Math.min(this.entries.length - Math.max(1, count), newestEvent),
    )
  }

  /** The log is lost: another one begins, whose first event tells of a change. */
  lose(): void {
    this.entries = []
    this.#floor = 0
    this.#gapAt = -1
    this.#epoch++
    this.append('after the loss')
  }

  indexOf(cursor: Cursor): number {
    return this.entries.findIndex(({ id }) => id === cursor)
  }

  /** The newest event at or before a cursor that is held. */
  lastAtOrBefore(cursor: Cursor | undefined): Cursor | null {
    const index = this.entries.findIndex(({ id }) => id === cursor)
    const last = this.entries.slice(this.#floor, index + 1).findLast(({ order }) => order !== null)
    return last?.id ?? null
  }

  /** As `lastAtOrBefore`, of all that ever was. */
  everLastAtOrBefore(cursor: Cursor): Cursor | null {
    return (
      this.entries.slice(0, this.indexOf(cursor) + 1).findLast(({ order }) => order)?.id ?? null
    )
  }

  replay(after: Cursor): readonly ModelEntry[] | ResumeReason {
    const index = this.indexOf(after)
    if (index === -1) return 'unknown'
    if (index < this.#floor) return 'expired'
    if (index < this.#gapAt) return 'source_gap'
    return this.entries.slice(index + 1).filter(({ order }) => order !== null)
  }

  #push(order: Order | null, prev: Cursor | ''): ModelEntry {
    const number = this.entries.length + 1
    const entry = { id: `${number}.${String(this.#epoch).padStart(8, '0')}`, prev, order }
    this.entries.push(entry)
    return entry
  }
}
