import type { Order } from '../protocol/order'
import type { FieldName, FoldState, Stamped } from './fold-state'

export interface FoldSettings {
  /** Of orders whose events name none. */
  readonly currency: string
  /** The members beyond those of an order that customers see; all others are for staff alone. */
  readonly customerFields: ReadonlySet<string>
}

/**
 * The whole order, as far as it is known: nothing in it, to pay nothing, for no customer, pending,
 * made when it was first heard of. Its members are in one order, whichever events told them.
 */
export function orderOf(state: FoldState, { currency, customerFields }: FoldSettings): Order {
  const said = <Name extends FieldName>(name: Name) =>
    state.fields.get(name)?.value as NonNullable<Order[Name]> | undefined
  const buyerEmail = said('buyerEmail')
  const extra = membersOf(state.extra, (name) => customerFields.has(name))
  const internal = membersOf(state.extra, (name) => !customerFields.has(name))
  return {
    orderId: state.orderId,
    buyerId: said('buyerId') ?? null,
    ...(buyerEmail !== undefined && { buyerEmail }),
    items: said('items') ?? [],
    currency: said('currency') ?? currency,
    subtotal: said('subtotal') ?? 0,
    tax: said('tax') ?? 0,
    total: said('total') ?? 0,
    status: said('status') ?? 'pending',
    shippingAddress: said('shippingAddress') ?? null,
    createdAt: said('createdAt') ?? timeOf(state.earliest),
    updatedAt: said('updatedAt') ?? timeOf(state.earliest),
    ...cancellation(state),
    version: state.version,
    ...(extra && { extra }),
    ...(internal && { internal }),
  }
}

/** Only a cancelled order shows when and why: another event may have opened it again. */
function cancellation({ fields }: FoldState): Pick<Order, 'cancelledAt' | 'reason'> {
  const status = fields.get('status')
  if (status?.value !== 'cancelled') return {}
  const reason = fields.get('reason')?.value as string | undefined
  return {
    cancelledAt: (fields.get('cancelledAt')?.value as string) ?? timeOf(status.stamp.time),
    ...(reason !== undefined && { reason }),
  }
}

/** Sorted by name, so that the order of arrival does not show. */
function membersOf(
  extra: ReadonlyMap<string, Stamped>,
  isIn: (name: string) => boolean,
): Readonly<Record<string, unknown>> | null {
  const names = [...extra.keys()].filter(isIn).sort()
  if (names.length === 0) return null
  return Object.fromEntries(names.map((name) => [name, extra.get(name)!.value]))
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
