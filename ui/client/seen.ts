import type { Order } from '../../server/protocol/order'
import { KeptRecord } from './kept'
import type { ClientStorage } from './storage'

/** `new`: never seen before. `risen`: seen with a lower version. `known`: nothing new. */
export type Sight = 'new' | 'risen' | 'known'

/**
 * Which version of each order its reader has seen, across reloads. Toasts and sounds follow a
 * version that rose, never the arrival of a frame; "while you were away" is what of a snapshot is
 * `risen`.
 */
export interface Seen {
  /** The version seen, or undefined. */
  version(orderId: string): number | undefined
  /** Compares an order with what was seen of it, and marks it as seen. */
  mark(order: Pick<Order, 'orderId' | 'version'>): Sight
}

/** Orders remembered; beyond it the one that was marked longest ago is forgotten. */
const REMEMBERED_ORDERS = 1_000

type Versions = readonly (readonly [orderId: string, version: number])[]

/** Seen versions, by the time of their last mark. */
export class SeenVersions implements Seen {
  readonly #versions = new Map<string, number>()
  #changed = false

  constructor(
    private readonly onChange: () => void,
    private readonly capacity = REMEMBERED_ORDERS,
  ) {}

  version(orderId: string): number | undefined {
    return this.#versions.get(orderId)
  }

  mark({ orderId, version }: Pick<Order, 'orderId' | 'version'>): Sight {
    const before = this.#versions.get(orderId)
    this.#put(orderId, Math.max(version, before ?? 0))
    if (before !== undefined && before >= version) return 'known'
    this.#changed = true
    this.onChange()
    return before === undefined ? 'new' : 'risen'
  }

  /** Takes over what was kept: by this client before a reload, or by another tab since. */
  restore(record: KeptRecord<Versions>): void {
    const own = [...this.#versions]
    for (const [orderId, version] of [...(record.read() ?? []), ...own]) {
      this.#put(orderId, Math.max(version, this.#versions.get(orderId) ?? 0))
    }
  }

  /** Writes it, if it changed, over what other tabs have seen meanwhile, not instead of it. */
  flush(record: KeptRecord<Versions>): void {
    if (!this.#changed) return
    this.restore(record)
    record.write([...this.#versions])
    this.#changed = false
  }

  clear(): void {
    this.#versions.clear()
    this.#changed = false
  }

  #put(orderId: string, version: number): void {
    this.#versions.delete(orderId)
    this.#versions.set(orderId, version)
    if (this.#versions.size <= this.capacity) return
    for (const oldest of this.#versions.keys()) {
      this.#versions.delete(oldest)
      break
    }
  }
}

export function keptVersions(storage: ClientStorage, subject: string): KeptRecord<Versions> {
  return new KeptRecord(storage, 'seen', subject, isVersions)
}

function isVersions(value: unknown): value is Versions {
  return (
    Array.isArray(value) &&
    value.every(
      (pair: unknown) =>
        Array.isArray(pair) && typeof pair[0] === 'string' && Number.isSafeInteger(pair[1]),
    )
  )
}
