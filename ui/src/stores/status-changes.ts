import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Api } from '../api'
import { Problem } from '../problem'
import { texts } from '../texts'

const say = texts.board.open

export interface WantedChange {
  readonly orderId: string
  /** The version on which the reader based the choice: no newer one is changed. */
  readonly seenVersion: number
  readonly status: OrderStatus
  /** With `cancelled` only. */
  readonly reason?: string
}

/**
 * - `changed`: the order as it is now; `already`: it was so before, perhaps by ourselves;
 * - `conflict`: somebody else was faster; nothing was changed;
 * - `failed`: it is not known that it was changed. Sending it again does no harm.
 */
export type Outcome =
  | { readonly kind: 'changed' | 'already'; readonly order: Order }
  | { readonly kind: 'conflict'; readonly order: Order; readonly by: string | null }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * Changes the version that the reader saw, and no newer one: where somebody else was faster, the
 * answer is what the order is now. Never rejects.
 */
export type SendChange = (wanted: WantedChange) => Promise<Outcome>

export function createSendChange(api: Pick<Api, 'changeStatus' | 'order'>): SendChange {
  async function newest({ orderId, status }: WantedChange): Promise<Outcome> {
    const { history, ...order } = await api.order(orderId)
    // Perhaps by ourselves: a proxy repeats a request whose answer was lost.
    if (order.status === status) return { kind: 'already', order }
    return { kind: 'conflict', order, by: history.at(-1)?.by ?? null }
  }

  return async (wanted) => {
    const { orderId, seenVersion, status, reason } = wanted
    try {
      const change = { status, ...(reason && { reason }) }
      return { kind: 'changed', order: await api.changeStatus(orderId, seenVersion, change) }
    } catch (error) {
      if (!isConflict(error)) return { kind: 'failed', error }
    }
    return newest(wanted).catch((error: unknown) => ({ kind: 'failed', error }))
  }
}

/** What somebody else did to the order, before what it is now. */
export function conflictText({
  order,
  by,
}: Extract<Outcome, { readonly kind: 'conflict' }>): string {
  if (order.status !== 'cancelled') return by === null ? say.someoneElse : say.changedBy(by)
  if (by === null) return say.wasCancelled(order.reason)
  return say.cancelledBy(by === order.buyerId ? say.theCustomer : by, order.reason)
}

/** 412: another version is the newest. 409: what it is now does not allow it. */
function isConflict(error: unknown): boolean {
  return error instanceof Problem && [409, 412].includes(error.status)
}
