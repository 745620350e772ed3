import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { orderAt } from '../testing/arbitraries'
import { foreignEvents, shuffledAgain, stamps } from '../testing/foreign-events'
import { foldEvent, stateOfOwn } from './fold'
import { orderOf } from './fold-order'
import { compareStamps } from './fold-stamps'
import type { FoldState } from './fold-state'
import { foldOf, foldText } from './fold-text'
import type { ForeignEvent } from './projection'

const SETTINGS = { currency: 'EUR', customerFields: new Set(['gift']) }
const NOON = Date.UTC(2026, 0, 1, 12)

function foldAll(
  events: readonly ForeignEvent[],
  known: FoldState | null = null,
): FoldState | null {
  return events.reduce((state, event) => foldEvent(state, event, SETTINGS).state, known)
}

function event(said: Partial<ForeignEvent> & { readonly at?: number }): ForeignEvent {
  const { name = 'updated', at = NOON, ...more } = said
  const stamp = { version: null, time: at, name, source: `order.${name}-0@${at}` }
  return { name, orderId: 'a', fields: {}, extra: {}, stamp, ...more }
}

/** The order that the events end in, whatever order they come in. */
function fold(...events: readonly ForeignEvent[]) {
  return orderOf(foldAll(events)!, SETTINGS)
}

const histories = foreignEvents(['a'], 12).filter((events) => events.length > 0)

describe('any order and any repetition of the same events ends in the same order', () => {
  const twoWays = histories.chain((events) =>
    fc.tuple(fc.constant(events), shuffledAgain(events), shuffledAgain(events)),
  )

  test('and the same stamps; only the version counts what was to be seen on the way', () => {
    fc.assert(
      fc.property(twoWays, ([, one, other]) => {
        const [a, b] = [foldAll(one)!, foldAll(other)!]
        expect({ ...a, version: 0 }).toEqual({ ...b, version: 0 })
        expect(shownOf(a)).toBe(shownOf(b))
      }),
      { numRuns: 500 },
    )
  })

  test('also when what is known is written down and read again after any of them', () => {
    fc.assert(
      fc.property(twoWays, ([, one, other]) => {
        let state: FoldState | null = null
        for (const each of other) {
          state = foldEvent(state, each, SETTINGS).state
          state = foldOf(state.orderId, state.version, foldText(state))
        }
        expect({ ...state, version: 0 }).toEqual({ ...foldAll(one)!, version: 0 })
      }),
    )
  })

  test('a value comes from the highest stamp that carried it', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const highest = events
          .filter(({ fields }) => fields.total !== undefined)
          .toSorted((a, b) => compareStamps(a.stamp, b.stamp))
          .at(-1)
        expect(fold(...events).total).toBe((highest?.fields.total as number) ?? 0)
      }),
    )
  })
})

describe('the version', () => {
  test('is the next where the order shows anything else, and the same where it does not', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let state: FoldState | null = null
        for (const each of events) {
          const before: FoldState | null = state
          const folded = foldEvent(before, each, SETTINGS)
          state = folded.state
          expect(folded.changed).toBe(state.version !== before?.version)
          if (!before) expect(state.version).toBe(1)
          else {
            const same = shownOf(before) === shownOf(state)
            expect(state.version).toBe(same ? before.version : before.version + 1)
          }
        }
      }),
    )
  })

  test('folding an event again changes nothing at all', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, index) => {
        const state = foldAll(events)!
        const again = foldEvent(state, events[index % events.length]!, SETTINGS)
        expect(again).toEqual({ state, changed: false })
        expect(again.state).toBe(state)
      }),
    )
  })

  test('a stamp that rose alone is kept: what comes later is compared with it', () => {
    const first = event({ at: NOON, fields: { total: 5, updatedAt: isoOf(NOON) } })
    const same = event({ at: NOON + 2, fields: { total: 5, updatedAt: isoOf(NOON) } })
    const between = event({ at: NOON + 1, fields: { total: 7, updatedAt: isoOf(NOON) } })
    const state = foldAll([first, same])!
    expect(state.version).toBe(1)
    expect(fold(first, same, between)).toMatchObject({ total: 5, version: 1 })
  })
})

function shownOf(state: FoldState): string {
  return JSON.stringify(orderOf({ ...state, version: 0 }, SETTINGS))
}

test('partial events of different fields commute', () => {
  const splits = histories.chain(([whole]) =>
    fc.tuple(fc.constant(whole!), fc.func(fc.boolean()), fc.integer({ min: 0, max: 1 })),
  )
  fc.assert(
    fc.property(splits, ([whole, isFirst, swap]) => {
      const part = (isIn: (name: string) => boolean, offset: number): ForeignEvent => ({
        ...whole,
        fields: Object.fromEntries(Object.entries(whole.fields).filter(([name]) => isIn(name))),
        extra: Object.fromEntries(Object.entries(whole.extra).filter(([name]) => isIn(name))),
        stamp: { ...whole.stamp, source: `p@${offset + (offset === swap ? 2 : 0)}` },
      })
      // Left out, these follow from the stamp: each part would tell them.
      const isImplied = (name: string) => name === 'updatedAt' || name === 'cancelledAt'
      const one = part((name) => isImplied(name) || isFirst(name), 0)
      const two = part((name) => isImplied(name) || !isFirst(name), 1)
      const shown = (order: object) => ({ ...order, version: 0 })
      expect(shown(fold(one, two))).toEqual(shown(fold(two, one)))
      expect(shown(fold(one, two))).toEqual(shown(fold(whole)))
    }),
  )
})

describe('stamps are in one total order', () => {
  test('antisymmetric, and equal only for the same stamp', () => {
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        expect(Math.sign(compareStamps(a, b)) + Math.sign(compareStamps(b, a))).toBe(0)
        expect(compareStamps(a, b) === 0).toBe(Bun.deepEquals(a, b))
      }),
      { numRuns: 1_000 },
    )
  })

  test('transitive', () => {
    fc.assert(
      fc.property(stamps, stamps, stamps, (a, b, c) => {
        if (compareStamps(a, b) <= 0 && compareStamps(b, c) <= 0) {
          expect(compareStamps(a, c)).toBeLessThanOrEqual(0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  const LOWEST = { version: null, time: 9, name: 'created', source: 'p@9' } as const
  test.each([
    ['no version, and version 0 of an earlier time', {}, { version: 0, time: 1 }],
    ['two versions', { version: 9, time: 9 }, { version: 10, time: 1 }],
    ['two times of one version', { version: 1, time: 8 }, { version: 1 }],
    ['created and updated at one time', {}, { name: 'updated', source: 'a@0' }],
    ['updated and cancelled at one time', { name: 'updated' }, { name: 'cancelled' }],
    ['two partitions', { source: 'p@9' }, { source: 'q@0' }],
    ['two offsets, as numbers', { source: 'p@9' }, { source: 'p@10' }],
    [
      'offsets too great for a number',
      { source: 'p@9007199254740992' },
      { source: 'p@9007199254740993' },
    ],
  ] as const)('%s', (_what, lower, higher) => {
    expect(compareStamps({ ...LOWEST, ...lower }, { ...LOWEST, ...higher })).toBeLessThan(0)
  })
})

describe('an order that is known in part', () => {
  test('is shown with what is not known left empty', () => {
    const partial = event({ fields: { status: 'shipped' } })
    expect(fold(partial)).toEqual({
      orderId: 'a',
      buyerId: null,
      items: [],
      currency: 'EUR',
      subtotal: 0,
      tax: 0,
      total: 0,
      status: 'shipped',
      shippingAddress: null,
      createdAt: isoOf(NOON),
      updatedAt: isoOf(NOON),
      version: 1,
    })
  })

  test('was made at the earliest time that is known, until an event tells it', () => {
    const later = event({ at: NOON + 5 })
    const earlier = event({ at: NOON })
    expect(fold(later, earlier)).toMatchObject({
      createdAt: isoOf(NOON),
      updatedAt: isoOf(NOON + 5),
      version: 2,
    })
    const created = event({ name: 'created', at: NOON + 9, fields: { createdAt: isoOf(NOON + 3) } })
    expect(fold(later, earlier, created).createdAt).toBe(isoOf(NOON + 3))
  })

  test('is the customer’s that any of its events named', () => {
    const owned = event({ name: 'created', fields: { buyerId: 'alice' } })
    const silent = event({ at: NOON + 1, fields: { buyerId: null } })
    expect(fold(owned, silent).buyerId).toBe('alice')
    expect(fold(silent, owned).buyerId).toBe('alice')
  })
})

describe('a cancelled event', () => {
  const cancelled = event({ name: 'cancelled', at: NOON + 5, fields: { reason: 'late' } })

  test('makes the order cancelled, at its time', () => {
    const created = event({ name: 'created', fields: { status: 'pending' } })
    expect(fold(cancelled, created)).toMatchObject({
      status: 'cancelled',
      cancelledAt: isoOf(NOON + 5),
      updatedAt: isoOf(NOON + 5),
      reason: 'late',
    })
  })

  test('gives way to a higher stamp: what the service says is so, whatever was before', () => {
    const opened = event({ at: NOON + 6, fields: { status: 'processing' } })
    const order = fold(cancelled, opened)
    expect(order.status).toBe('processing')
    expect(order).not.toHaveProperty('cancelledAt')
    expect(order).not.toHaveProperty('reason')
  })

  test('is not needed: a status says as much', () => {
    const order = fold(event({ fields: { status: 'cancelled' } }))
    expect(order).toMatchObject({ status: 'cancelled', cancelledAt: isoOf(NOON) })
  })
})

test('unknown members are for staff, but those that the shop allows', () => {
  const order = fold(event({ extra: { score: 0.7, gift: 'Hi', cost: { eur: 3 } } }))
  expect(order.extra).toEqual({ gift: 'Hi' })
  expect(order.internal).toEqual({ cost: { eur: 3 }, score: 0.7 })
})

test('an order that was placed here goes on with its version', () => {
  const own = { ...orderAt('a', 2), status: 'processing' as const }
  const known = stateOfOwn(own)
  expect(orderOf(known, SETTINGS)).toEqual(own)
  const shipped = event({ at: Date.parse(own.updatedAt) + 1, fields: { status: 'shipped' } })
  expect(orderOf(foldEvent(known, shipped, SETTINGS).state, SETTINGS)).toMatchObject({
    status: 'shipped',
    total: own.total,
    version: 3,
  })
})

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
