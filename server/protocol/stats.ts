import type { OrderStatus } from './order-status'

export interface Money {
  readonly currency: string
  /** Integer of the minor unit. */
  readonly amount: number
}

export interface StatsFigures {
  /** All orders, the cancelled ones too. */
  readonly orders: number
  readonly byStatus: Readonly<Record<OrderStatus, number>>
  /** Totals of all orders but the cancelled, one a currency (never added up), by currency code. */
  readonly revenue: readonly Money[]
}

/** Absolute figures of the board; whoever shows them never counts by itself. */
export interface Stats {
  readonly at: string
  /** Today in the shop's time zone, YYYY-MM-DD. */
  readonly day: string
  readonly all: StatsFigures
  /** Orders created today, by what has become of them. */
  readonly today: StatsFigures
  /** Orders placed in each of the last 60 minutes, oldest first; the last is the running minute. */
  readonly perMinute: readonly number[]
}
