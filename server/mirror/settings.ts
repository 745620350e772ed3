import type { EventName } from '../protocol/frames'
import type { OrderStatus } from '../protocol/order-status'

/** How the records of the shop's order service look, where they differ from ours. */
export interface MirrorSettings {
  /** `on`: only our own relay's records count. `off`: another service's are projected. */
  readonly orders: 'on' | 'off'
  readonly topics: EventTopics
  readonly deadLetterTopic: string
  readonly groupId: string
  /** Another name of a field → ours (`customer_ref` → `buyerId`). */
  readonly fields: ReadonlyMap<string, string>
  /** Another name of a status → ours (`PAID` → `processing`). */
  readonly statuses: ReadonlyMap<string, OrderStatus>
  /** Unknown fields of a foreign event that customers may see; staff see all. */
  readonly customerFields: readonly string[]
  /** A record whose event is longer, as JSON on one line in UTF-8, is a dead letter. */
  readonly maxEventBytes: number
  /** The currency of events that name none. */
  readonly currency: string
}

/** A topic for each kind of event, or one for all with a header that tells the kind. */
export type EventTopics =
  | { readonly kind: 'three'; readonly names: Readonly<Record<EventName, string>> }
  | {
      readonly kind: 'one'
      readonly name: string
      /** The header (`type`, `ce_type`). */
      readonly typeHeader: string
      /** Its values → our kinds (`OrderPlaced` → `created`). */
      readonly types: ReadonlyMap<string, EventName>
    }

/** CloudEvents headers of our own relay's records: what tells them from another service's. */
export const RELAY_SOURCE = 'orderwire'
export const SOURCE_HEADER = 'ce_source'
export const TYPE_HEADER = 'ce_type'
