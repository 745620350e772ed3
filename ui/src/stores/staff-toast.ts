import { orderNumber, type Order } from '../../../server/protocol/order'
import { texts } from '../texts'
import { boardHref } from './order-links'
import type { ToastKind, ToastText } from './toasts'

const say = texts.board.toasts
const NEW_ORDERS: ToastKind = { name: 'new-order', many: texts.board.newOrders, href: '/board' }
const CANCELLED: ToastKind = {
  name: 'cancelled',
  many: say.wereCancelled,
  href: '/board?status=cancelled',
}

/** New orders and cancellations are news for staff; other changes are their own doing. */
export function staffToast(order: Order): ToastText | null {
  const number = orderNumber(order.orderId)
  const href = boardHref(order.orderId)
  if (order.status === 'cancelled') {
    const text = say.wasCancelled(number)
    return { tone: 'warning', text, detail: order.reason, href, kind: CANCELLED }
  }
  if (order.version !== 1) return null
  return { tone: 'info', text: say.newOrder(number), href, kind: NEW_ORDERS }
}
