import { describe, expect, test } from 'bun:test'
import { pendingOrder } from './features/samples'
import { createDayOf } from './shop'
import { ALL_DAYS, figuresOf, minuteOf, perMinute, statsDifference } from './statistics'

const DAY = '2026-03-01'

describe('the difference that a change makes', () => {
  test('adds a new order to its day and to all days', () => {
    const order = pendingOrder()
    const rows = statsDifference(null, { day: DAY, order })
    expect(rows.map(({ day, count, amount }) => [day, count, amount])).toEqual([
      [DAY, 1, order.total],
      [ALL_DAYS, 1, order.total],
    ])
  })

  test('moves an order from its old status to its new one', () => {
    const order = pendingOrder()
    const after = { ...order, status: 'cancelled' as const }
    const rows = statsDifference({ day: DAY, order }, { day: DAY, order: after })
    const ofDay = rows.filter(({ day }) => day === DAY)
    expect(ofDay.map(({ status, count, amount }) => [status, count, amount])).toEqual([
      ['pending', -1, -order.total],
      ['cancelled', 1, order.total],
    ])
  })

  test('takes an order out of the same row that it was put into', () => {
    const counted = { day: DAY, order: pendingOrder() }
    const rows = statsDifference(counted, counted)
    const sums = new Map<string, number>()
    for (const { day, slot, count } of rows) {
      sums.set(`${day} ${slot}`, (sums.get(`${day} ${slot}`) ?? 0) + count)
    }
    expect([...sums.values()]).toEqual([0, 0])
  })
})

test('revenue leaves out the cancelled and never adds up currencies', () => {
  const row = (currency: string, status: 'pending' | 'cancelled', count: number, amount: number) =>
    ({ currency, status, count, amount }) as const
  expect(
    figuresOf([
      row('USD', 'pending', 1, 500),
      row('EUR', 'pending', 2, 300),
      row('EUR', 'pending', 1, 200),
      row('EUR', 'cancelled', 4, 9_000),
    ]),
  ).toEqual({
    orders: 8,
    byStatus: { pending: 4, processing: 0, shipped: 0, delivered: 0, cancelled: 4 },
    revenue: [
      { currency: 'EUR', amount: 500 },
      { currency: 'USD', amount: 500 },
    ],
  })
})

test('the running minute is the last of sixty', () => {
  const now = new Date('2026-03-01T10:00:30.000Z')
  const minute = minuteOf(now)
  const minutes = perMinute(
    new Map([
      [minute, 3],
      [minute - 59, 2],
      [minute - 60, 7],
    ]),
    now,
  )
  expect(minutes).toHaveLength(60)
  expect([minutes[0], minutes[59]]).toEqual([2, 3])
  expect(minutes.reduce((sum, count) => sum + count)).toBe(5)
})

describe('a day of the shop', () => {
  test.each([
    ['Europe/Berlin', '2026-03-01T22:59:59.999Z', '2026-03-01'],
    ['Europe/Berlin', '2026-03-01T23:00:00.000Z', '2026-03-02'],
    ['Europe/Berlin', '2026-07-01T21:59:59.999Z', '2026-07-01'],
    ['Europe/Berlin', '2026-07-01T22:00:00.000Z', '2026-07-02'],
    ['Asia/Kathmandu', '2026-03-01T18:14:59.000Z', '2026-03-01'],
    ['Asia/Kathmandu', '2026-03-01T18:15:00.000Z', '2026-03-02'],
    ['UTC', '2026-12-31T23:59:59.999Z', '2026-12-31'],
  ])('in %s at %s is %s', (timeZone, at, day) => {
    expect(createDayOf(timeZone)(new Date(at))).toBe(day)
  })

  test('is not confused by times that come in any order', () => {
    const dayOf = createDayOf('Europe/Berlin')
    const evening = new Date('2026-03-01T22:59:00.000Z')
    const night = new Date('2026-03-01T23:00:00.000Z')
    expect([night, evening, night, evening].map(dayOf)).toEqual([
      '2026-03-02',
      '2026-03-01',
      '2026-03-02',
      '2026-03-01',
    ])
  })
})
