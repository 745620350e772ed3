import type { Order } from '../protocol/order'
import type { Stamp } from './projection'

/** The members of an order that events tell. */
export const FIELD_NAMES = [
  'buyerId',
  'buyerEmail',
  'items',
  'currency',
  'subtotal',
  'tax',
  'total',
  'status',
  'shippingAddress',
  'createdAt',
  'updatedAt',
  'cancelledAt',
  'reason',
] as const satisfies readonly (keyof Order)[]

export type FieldName = (typeof FIELD_NAMES)[number]

export interface Stamped {
  readonly value: unknown
  readonly stamp: Stamp
}

/** All that events have told of an order: of each member the value with the highest stamp. */
export interface FoldState {
  readonly orderId: string
  /** 1, then one more each time that a fold changed what the order shows. */
  readonly version: number
  /** The lowest time of all stamps: when the order was made, as long as no event tells it. */
  readonly earliest: number
  readonly fields: ReadonlyMap<FieldName, Stamped>
  /** Members that `Order` does not know, by name. */
  readonly extra: ReadonlyMap<string, Stamped>
}
