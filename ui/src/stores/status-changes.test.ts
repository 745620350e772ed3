import { expect, test } from 'bun:test'
import type { Order, OrderChange } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { Problem } from '../problem'
import { conflictText, createSendChange, type Outcome } from './status-changes'

const ID = '0190a1b2-0000-7000-8000-000000000001'

/** What comes of a change that is answered `status`, where the order is as `now` says. */
function refused(status: number, wanted: OrderStatus, now: OrderStatus): Promise<Outcome> {
  const order = { orderId: ID, status: now, version: 2 } as Order
  const history = [{ version: 2, by: 'kim' }] as OrderChange[]
  const send = createSendChange({
    changeStatus: () =>
      Promise.reject(new Problem({ status, code: 'refused', detail: 'It has changed.' })),
    order: () => Promise.resolve({ ...order, history } as never),
  })
  return send({ orderId: ID, seenVersion: 1, status: wanted })
}

test('sends the version that was seen, the reason where there is one', async () => {
  const sent: unknown[] = []
  const order = { orderId: ID, version: 5 } as Order
  const send = createSendChange({
    changeStatus: (...call) => {
      sent.push(call)
      return Promise.resolve(order)
    },
    order: () => Promise.reject(new Error('not asked for')),
  })
  const wanted = { orderId: ID, seenVersion: 4, status: 'cancelled' } as const
  expect(await send({ ...wanted, reason: 'Broken' })).toEqual({ kind: 'changed', order })
  await send({ ...wanted, status: 'shipped' })
  expect(sent).toEqual([
    [ID, 4, { status: 'cancelled', reason: 'Broken' }],
    [ID, 4, { status: 'shipped' }],
  ])
})

test.each([412, 409])(
  '%p: whoever was slower learns what the order is, and by whom',
  async (status) => {
    expect(await refused(status, 'processing', 'cancelled')).toEqual({
      kind: 'conflict',
      order: { orderId: ID, status: 'cancelled', version: 2 } as Order,
      by: 'kim',
    })
  },
)

test('a change that is made already, perhaps by ourselves, is no conflict', async () => {
  expect(await refused(412, 'processing', 'processing')).toMatchObject({ kind: 'already' })
})

test('other trouble is no answer about the order', async () => {
  expect(await refused(500, 'processing', 'cancelled')).toMatchObject({ kind: 'failed' })
})

test.each([
  ['bob', 'Ordered twice', 'The customer cancelled it (“Ordered twice”):'],
  ['kim', 'Out of stock', 'kim cancelled it (“Out of stock”):'],
  [null, undefined, 'It was cancelled:'],
])('who is asked about a cancellation by %p learns why', (by, reason, text) => {
  const order = { status: 'cancelled', buyerId: 'bob', reason } as Order
  expect(conflictText({ kind: 'conflict', order, by })).toBe(text)
})

test('who is asked about another change learns by whom', () => {
  const order = { status: 'processing', buyerId: 'bob' } as Order
  expect(conflictText({ kind: 'conflict', order, by: 'kim' })).toBe('kim changed it:')
  expect(conflictText({ kind: 'conflict', order, by: null })).toBe('Someone else changed it:')
})
