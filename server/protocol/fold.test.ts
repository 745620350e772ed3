import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { orderAt, orders } from '../testing/arbitraries'
import { foldInto, foldOrder } from './fold'
import type { Order } from './order'

function foldAll(events: readonly Order[], snapshot: readonly Order[] = []): Map<string, Order> {
  const folded = new Map(snapshot.map((order) => [order.orderId, order]))
  for (const event of events) foldInto(folded, event)
  return folded
}

const logs = fc.array(orders, { maxLength: 30 })

describe('the order of arrival does not matter', () => {
  test('any permutation with any duplicates folds to the same orders', () => {
    const shuffled = logs.chain((log) =>
      fc.tuple(
        fc.constant(log),
        fc.shuffledSubarray([...log, ...log], { minLength: log.length * 2 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([log, other]) => {
        expect(foldAll(other)).toEqual(foldAll(log))
      }),
    )
  })

  test('snapshot + replay = full replay, also where the replay overlaps the snapshot', () => {
    const cuts = logs.chain((log) => {
      const cut = fc.nat({ max: log.length })
      return fc.tuple(fc.constant(log), cut, cut)
    })
    fc.assert(
      fc.property(cuts, ([log, a, b]) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        const snapshot = [...foldAll(log.slice(0, to)).values()]
        expect(foldAll(log.slice(from), snapshot)).toEqual(foldAll(log))
      }),
    )
  })

  test('the highest version of each order is what is left', () => {
    fc.assert(
      fc.property(logs, (log) => {
        for (const [orderId, order] of foldAll(log)) {
          const versions = log.filter((each) => each.orderId === orderId).map((e) => e.version)
          expect(order.version).toBe(Math.max(...versions))
        }
      }),
    )
  })
})

describe('foldInto', () => {
  test('says whether what is shown has changed', () => {
    const known = new Map<string, Order>()
    expect(foldInto(known, orderAt('a', 2))).toBe(true)
    expect(foldInto(known, orderAt('a', 2))).toBe(false)
    expect(foldInto(known, orderAt('a', 1))).toBe(false)
    expect(foldInto(known, orderAt('a', 3))).toBe(true)
    expect(foldInto(known, orderAt('b', 1))).toBe(true)
    expect([...known.values()].map((order) => order.version)).toEqual([3, 1])
  })
})

test('foldOrder keeps the very object that it knows where nothing is newer', () => {
  const known = orderAt('a', 2)
  expect(foldOrder(known, orderAt('a', 2))).toBe(known)
  expect(foldOrder(undefined, known)).toBe(known)
})
