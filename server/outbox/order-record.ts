import { minorDigits } from '../protocol/money'
import type { Order } from '../protocol/order'

declare global {
  interface JSON {
    /** Stands in a value for this JSON text. (ES2026; the compiler does not know it yet.) */
    rawJSON(text: string): object
  }
}

/**
 * The value of an order's record on Kafka: the whole order as JSON on one line, its members in the
 * order's own sequence. Amounts are decimals of the major unit (`1250` EUR → `12.5`, JPY → `1250`),
 * written digit by digit, so that they are exact however large.
 */
export function encodeOrderRecord(order: Order): string {
  const digits = minorDigits(order.currency)
  const decimal = (amount: number) => JSON.rawJSON(majorUnits(amount, digits))
  return JSON.stringify({
    ...order,
    items: order.items.map((item) => ({
      ...item,
      unitPrice: decimal(item.unitPrice),
      total: decimal(item.total),
    })),
    subtotal: decimal(order.subtotal),
    tax: decimal(order.tax),
    total: decimal(order.total),
  })
}

/** `1205`, 2 → `12.05`; `-5`, 2 → `-0.05`; without trailing zeros. `amount` is a safe integer. */
function majorUnits(amount: number, digits: number): string {
  const padded = String(Math.abs(amount)).padStart(digits + 1, '0')
  const point = padded.length - digits
  const fraction = padded.slice(point).replace(/0+$/, '')
  const sign = amount < 0 ? '-' : ''
  return `${sign}${padded.slice(0, point)}${fraction && `.${fraction}`}`
}
