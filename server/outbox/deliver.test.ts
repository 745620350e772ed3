import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { AppError } from '../errors'
import { deliver } from './deliver'
import type { OutboxRow } from './outbox'

/** A broker that never takes the rows in `refused` and has room for `room` rows before it is away. */
function brokerOf(refused: ReadonlySet<number>, tellsPlace: boolean, room = Infinity) {
  const taken: number[] = []
  const told: { sent: number[]; refused: number[] } = { sent: [], refused: [] }
  const delivery = {
    async send(rows: readonly OutboxRow[]) {
      for (const [index, { seq }] of rows.entries()) {
        if (refused.has(seq)) {
          const extensions = tellsPlace ? { index } : {}
          throw new AppError('record_refused', 422, `not ${seq}`, { extensions })
        }
        if (taken.length >= room) throw new AppError('kafka_unreachable', 503, 'away')
        taken.push(seq)
      }
    },
    async sent(rows: readonly OutboxRow[]) {
      told.sent.push(...rows.map(({ seq }) => seq))
    },
    async refused({ seq }: OutboxRow) {
      told.refused.push(seq)
    },
  }
  return { taken, told, delivery }
}

function rowsOf(count: number): OutboxRow[] {
  return Array.from({ length: count }, (_, seq) => ({
    seq,
    name: 'created',
    orderId: `order-${seq}`,
    eventId: `order-${seq}@1`,
    value: '{}',
    at: 0,
  }))
}

const cases = fc.nat({ max: 40 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    refused: fc.uniqueArray(fc.nat({ max: Math.max(0, count - 1) }), { maxLength: count }),
    tellsPlace: fc.boolean(),
  }),
)

test('what is not refused arrives in order and is told, what is refused is told, each once', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ count, refused, tellsPlace }) => {
      const rows = rowsOf(count)
      const never = new Set(refused.filter((seq) => seq < count))
      const { taken, told, delivery } = brokerOf(never, tellsPlace)
      await deliver(rows, delivery)
      const good = rows.map(({ seq }) => seq).filter((seq) => !never.has(seq))
      expect(told).toEqual({ sent: good, refused: [...never].toSorted((a, b) => a - b) })
      // Again where nothing said which one was refused, but never before an earlier one.
      expect([...new Set(taken)]).toEqual(good)
      if (tellsPlace) expect(taken).toEqual(good)
    }),
  )
})

test('a broker that goes away in between ends it, and nothing is told that was not acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.nat({ max: 39 }), async ({ count, refused }, room) => {
      const { taken, told, delivery } = brokerOf(new Set(refused), true, room)
      const ended = await deliver(rowsOf(count), delivery).catch((error: AppError) => error.code)
      if (ended === 'kafka_unreachable') expect(taken.length).toBe(room)
      expect(told.sent.filter((seq) => !taken.includes(seq))).toEqual([])
      expect(told.sent.filter((seq) => refused.includes(seq))).toEqual([])
    }),
  )
})
