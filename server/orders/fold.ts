import type { Order } from '../protocol/order'
import { orderOf, type FoldSettings } from './fold-order'
import { compareStamps } from './fold-stamps'
import { FIELD_NAMES, type FieldName, type FoldState, type Stamped } from './fold-state'
import type { ForeignEvent, Stamp } from './projection'

export interface Folded {
  /** `known` itself where the event told nothing with a higher stamp. */
  readonly state: FoldState
  /** Whether the order shows anything else than before; then its version is the next. */
  readonly changed: boolean
}

/**
 * Folds an event into what is known of its order (null: nothing yet). Pure.
 *
 * Any two sequences that hold the same events, in whatever order and however often each, end in
 * states that are equal in all but `version`. Along each sequence the version counts what was to be
 * seen there: two states of one sequence with the same version show the same order.
 */
export function foldEvent(
  known: FoldState | null,
  event: ForeignEvent,
  settings: FoldSettings,
): Folded {
  const { stamp } = event
  const fields = raise(known?.fields, told(event), stamp)
  const extra = raise(known?.extra, Object.entries(event.extra), stamp)
  const earliest = Math.min(known?.earliest ?? stamp.time, stamp.time)
  const state = { orderId: event.orderId, version: known?.version ?? 1, earliest, fields, extra }
  if (!known) return { state, changed: true }
  if (fields === known.fields && extra === known.extra && earliest === known.earliest) {
    return { state: known, changed: false }
  }
  if (shown(state, settings) === shown(known, settings)) return { state, changed: false }
  return { state: { ...state, version: known.version + 1 }, changed: true }
}

/** What is known of an order that was placed here, before another service took the orders over. */
export function stateOfOwn(order: Order): FoldState {
  const time = Date.parse(order.updatedAt)
  const stamp: Stamp = { version: null, time, name: 'created', source: '' }
  const fields = FIELD_NAMES.flatMap((name): [FieldName, Stamped][] =>
    order[name] === undefined || order[name] === null
      ? []
      : [[name, { value: order[name], stamp }]],
  )
  const extra = Object.entries({ ...order.extra, ...order.internal }).map(
    ([name, value]): [string, Stamped] => [name, { value, stamp }],
  )
  return {
    orderId: order.orderId,
    version: order.version,
    earliest: Date.parse(order.createdAt),
    fields: new Map(fields),
    extra: new Map(extra),
  }
}

/** The members that an event tells; null tells nothing. */
function told({ name, fields, stamp }: ForeignEvent): [FieldName, unknown][] {
  const at = new Date(stamp.time).toISOString()
  const said: Readonly<Record<string, unknown>> = {
    ...fields,
    updatedAt: fields.updatedAt ?? at,
    ...(name === 'cancelled' && { status: 'cancelled', cancelledAt: fields.cancelledAt ?? at }),
  }
  return FIELD_NAMES.flatMap((field): [FieldName, unknown][] =>
    said[field] === undefined || said[field] === null ? [] : [[field, said[field]]],
  )
}

/** Puts each value where it has the higher stamp; answers `known` itself where none has. */
function raise<Name extends string>(
  known: ReadonlyMap<Name, Stamped> = new Map<Name, Stamped>(),
  values: readonly (readonly [Name, unknown])[],
  stamp: Stamp,
): ReadonlyMap<Name, Stamped> {
  let raised: Map<Name, Stamped> | null = null
  for (const [name, value] of values) {
    const before = known.get(name)
    if (before && compareStamps(before.stamp, stamp) >= 0) continue
    raised ??= new Map(known)
    raised.set(name, { value, stamp })
  }
  return raised ?? known
}

function shown(state: FoldState, settings: FoldSettings): string {
  return JSON.stringify({ ...orderOf(state, settings), version: 0 })
}
