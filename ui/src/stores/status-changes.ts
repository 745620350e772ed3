import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Api } from '../api'
import { Problem, problemText } from '../problem'
import type { Toasts } from './toasts'

export interface StatusChange {
  readonly status: OrderStatus
  /** With `cancelled` only. */
  readonly reason?: string
}

/**
 * Changes the version that the reader saw, and no newer one: where somebody else was faster, the
 * newest is shown and a toast says so. Never rejects; other trouble is told by a toast, too.
 */
export type ChangeStatus = (
  orderId: string,
  seenVersion: number,
  change: StatusChange,
) => Promise<void>

export function createChangeStatus(deps: {
  readonly api: Api
  readonly toasts: Pick<Toasts, 'show'>
  /** Shows an order as the server answered it. */
  readonly take: (order: Order) => void
}): ChangeStatus {
  const { api, toasts, take } = deps

  async function tell(orderId: string, wanted: OrderStatus, error: unknown): Promise<void> {
    const number = orderNumber(orderId)
    if (!(error instanceof Problem) || ![409, 412].includes(error.status)) {
      toasts.show({
        tone: 'warning',
        text: `Order #${number} was not changed`,
        detail: problemText(error),
      })
      return
    }
    const { history: _, ...newest } = await api.order(orderId)
    take(newest)
    // Perhaps by ourselves: a proxy repeats a request whose answer was lost.
    if (newest.status === wanted) {
      toasts.show({ tone: 'info', text: `Order #${number} is ${wanted} already` })
      return
    }
    toasts.show({
      tone: 'warning',
      text: `Someone else changed order #${number}`,
      detail: `It is ${newest.status} now. Your change was not made.`,
    })
  }

  return async (orderId, seenVersion, { status, reason }) => {
    try {
      take(await api.changeStatus(orderId, seenVersion, { status, ...(reason && { reason }) }))
    } catch (error) {
      await tell(orderId, status, error).catch((second: unknown) =>
        toasts.show({
          tone: 'warning',
          text: `Order #${orderNumber(orderId)} was not changed`,
          detail: problemText(second),
        }),
      )
    }
  }
}
