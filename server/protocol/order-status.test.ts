import { describe, expect, test } from 'bun:test'
import {
  ORDER_STATUSES,
  allowedTransitions,
  canCancel,
  canTransition,
  isOrderStatus,
} from './order-status'
import type { OrderStatus } from './order-status'

// Written out once more, so that a change of the table is a change of two places.
const LEGAL: readonly (readonly [OrderStatus, OrderStatus])[] = [
  ['pending', 'processing'],
  ['pending', 'cancelled'],
  ['processing', 'shipped'],
  ['processing', 'cancelled'],
  ['shipped', 'delivered'],
]

const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const))

test.each(pairs)('%s → %s', (from, to) => {
  const legal = LEGAL.some(([a, b]) => a === from && b === to)
  expect(canTransition(from, to)).toBe(legal)
  expect(allowedTransitions(from).includes(to)).toBe(legal)
})

describe('the state machine', () => {
  test('never comes back to where it was', () => {
    const reach = (from: OrderStatus, seen: readonly OrderStatus[]): void => {
      for (const to of allowedTransitions(from)) {
        expect(seen).not.toContain(to)
        reach(to, [...seen, to])
      }
    }
    for (const status of ORDER_STATUSES) reach(status, [status])
  })

  test('reaches every status from pending', () => {
    const reached = new Set<OrderStatus>(['pending'])
    for (const status of reached) for (const to of allowedTransitions(status)) reached.add(to)
    expect([...reached].sort()).toEqual([...ORDER_STATUSES].sort())
  })

  test('cancels early orders only', () => {
    expect(ORDER_STATUSES.filter(canCancel)).toEqual(['pending', 'processing'])
  })
})

test.each(['pending', 'cancelled'])('%p is a status', (value) => {
  expect(isOrderStatus(value)).toBe(true)
})

const STRANGERS = [
  '',
  'Pending',
  'toString',
  '__proto__',
  'length',
  0,
  null,
  undefined,
  ['pending'],
]
test.each(STRANGERS.map((value) => [value]))('%p is no status', (value) => {
  expect(isOrderStatus(value)).toBe(false)
})
