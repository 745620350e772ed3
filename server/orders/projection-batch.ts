import type { OrderEvent } from '../event-log/event-log'
import type { Order, OrderChange } from '../protocol/order'
import { foldEvent, stateOfOwn } from './fold'
import { orderOf, type FoldSettings } from './fold-order'
import type { FoldState } from './fold-state'
import { foldOf, foldText } from './fold-text'
import { orderEvent, serializeOrder } from './order-event'
import type { ForeignEvent } from './projection'
import { searchText } from './search'
import type { DayOf } from './shop'
import {
  addUp,
  minuteOf,
  MINUTES_SHOWN,
  slotOf,
  statsDifference,
  type StatsRow,
} from './statistics'

/** An order as the tables have it. */
export interface KnownOrder {
  readonly day: string
  readonly body: string
  /** With `internal`. */
  readonly order: Order
  /** `foldText`; null for an order that was placed here. */
  readonly fold: string | null
}

/** What the tables are to have of an order. */
export interface OrderToWrite {
  readonly order: Order
  readonly day: string
  readonly body: string
  readonly fold: string
}

export interface MinuteCount {
  readonly minute: number
  readonly slot: number
  readonly count: number
}

/** All that a batch changes. What many orders share is sorted, so that nobody waits in a circle. */
export interface BatchWrites {
  /** In the order in which they were first heard of. */
  readonly placed: readonly OrderToWrite[]
  readonly changed: readonly OrderToWrite[]
  /** Of the changed ones those that are found by other words now. */
  readonly reworded: readonly Order[]
  readonly history: readonly (OrderChange & { readonly orderId: string })[]
  readonly stats: readonly StatsRow[]
  readonly minutes: readonly MinuteCount[]
}

export interface BatchSettings extends FoldSettings {
  readonly dayOf: DayOf
  /** Who made the changes, for the history. */
  readonly by: string
}

interface Working {
  readonly before: KnownOrder | null
  readonly firstState: FoldState | null
  state: FoldState
  order: Order
  body: string
  readonly history: OrderChange[]
}

/** Folds one batch of events onto the orders that it is about, in memory; one use each. */
export class ProjectionBatch {
  readonly #working = new Map<string, Working>()

  /** @param known by id those of the batch's orders that the tables have */
  constructor(
    private readonly known: ReadonlyMap<string, KnownOrder>,
    private readonly settings: BatchSettings,
  ) {}

  /** The event for the log: the whole order as it is after `event`. */
  fold(event: ForeignEvent): OrderEvent {
    const known = this.#working.get(event.orderId) ?? this.#begin(event.orderId)
    const { state, changed } = foldEvent(known?.state ?? null, event, this.settings)
    const working = known ?? this.#place(state)
    working.state = state
    if (changed) this.#show(working)
    return orderEvent(working.order, working.body)
  }

  /** @param now decides which minutes are still counted */
  writes(now: Date): BatchWrites {
    const touched = [...this.#working.values()].filter(
      ({ state, firstState }) => state !== firstState,
    )
    const writes = touched.map((working) => ({
      before: working.before,
      after: this.#write(working),
    }))
    const firstMinute = minuteOf(now) - MINUTES_SHOWN
    return {
      placed: writes.filter(({ before }) => !before).map(({ after }) => after),
      changed: writes.filter(({ before }) => before).map(({ after }) => after),
      reworded: writes
        .filter(
          ({ before, after }) => before && searchText(before.order) !== searchText(after.order),
        )
        .map(({ after }) => after.order),
      history: touched.flatMap(({ order: { orderId }, history }) =>
        history.map((change) => ({ ...change, orderId })),
      ),
      stats: addUp(writes.flatMap(({ before, after }) => statsDifference(before, after))),
      minutes: countMinutes(writes).filter(({ minute }) => minute >= firstMinute),
    }
  }

  #begin(orderId: string): Working | null {
    const before = this.known.get(orderId)
    if (!before) return null
    const { order, body, fold } = before
    const state = fold === null ? stateOfOwn(order) : foldOf(orderId, order.version, fold)
    const working = { before, firstState: state, state, order, body, history: [] }
    this.#working.set(orderId, working)
    return working
  }

  #place(state: FoldState): Working {
    const order = orderOf(state, this.settings)
    const working = { before: null, firstState: null, state, order, body: '', history: [] }
    this.#working.set(state.orderId, working)
    return working
  }

  #show(working: Working): void {
    const order = orderOf(working.state, this.settings)
    working.order = order
    working.body = serializeOrder(order)
    const { version, status, updatedAt: at, reason } = order
    const { by } = this.settings
    working.history.push({ version, status, at, by, ...(reason !== undefined && { reason }) })
  }

  #write({ before, state, order, body }: Working): OrderToWrite {
    const isKnownDay = before?.order.createdAt === order.createdAt
    const day = before && isKnownDay ? before.day : this.settings.dayOf(new Date(order.createdAt))
    return { order, day, body, fold: foldText(state) }
  }
}

interface Write {
  readonly before: KnownOrder | null
  readonly after: OrderToWrite
}

/** An order counts in the minute of its creation, which may be told later than the order itself. */
function countMinutes(writes: readonly Write[]): MinuteCount[] {
  const counts = new Map<string, MinuteCount>()
  const add = ({ orderId, createdAt }: Order, count: 1 | -1) => {
    const at = { minute: minuteOf(new Date(createdAt)), slot: slotOf(orderId) }
    const key = `${at.minute} ${at.slot}`
    counts.set(key, { ...at, count: (counts.get(key)?.count ?? 0) + count })
  }
  for (const { before, after } of writes) {
    if (before) add(before.order, -1)
    add(after.order, 1)
  }
  return [...counts.values()]
    .filter(({ count }) => count !== 0)
    .sort((a, b) => a.minute - b.minute || a.slot - b.slot)
}
