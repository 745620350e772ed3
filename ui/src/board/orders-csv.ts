import { minorDigits } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { customerOf } from '../stores/board-sort'

/** Excel takes a file without it for one of an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

type Cell = string | number | undefined

/**
 * Orders as CSV (RFC 4180), one a line, in the order given. Texts that a spreadsheet would run as a
 * formula begin with an apostrophe: customers write some of them.
 */
export function ordersCsv(head: readonly string[], orders: readonly Order[]): string {
  const lines = [head, ...orders.map(cellsOf)]
  return BYTE_ORDER_MARK + lines.map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('')
}

function cellsOf(order: Order): readonly Cell[] {
  const { shippingAddress: address, currency } = order
  const items = order.items.map((item) => `${item.quantity} × ${item.name}`).join('; ')
  return [
    orderNumber(order.orderId),
    order.orderId,
    order.createdAt,
    order.updatedAt,
    order.status,
    customerOf(order) ?? undefined,
    order.buyerEmail,
    items,
    currency,
    decimal(order.subtotal, currency),
    decimal(order.tax, currency),
    decimal(order.total, currency),
    address?.line1,
    address?.line2,
    address?.postalCode,
    address?.city,
    address?.country,
    order.reason,
  ]
}

/** Of the major unit, with a point: a number in every language's spreadsheet import. */
function decimal(amount: number, currency: string): number {
  const digits = minorDigits(currency)
  return Number((amount / 10 ** digits).toFixed(digits))
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const text = guarded(cell ?? '')
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Also behind spaces, which spreadsheets leave out, and in the full width of East Asian fonts. */
function guarded(text: string): string {
  return /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
}
