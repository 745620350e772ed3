import { expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Api } from '../api'
import { Problem } from '../problem'
import { createChangeStatus } from './status-changes'
import type { ToastText } from './toasts'

const ID = '0190a1b2-0000-7000-8000-000000000001'

/** A change that is answered 412, where the order is as `now` says. */
async function refused(wanted: OrderStatus, now: OrderStatus) {
  const newest = { orderId: ID, status: now, version: 2 } as Order
  const taken: Order[] = []
  const toasts: ToastText[] = []
  const change = createChangeStatus({
    api: {
      changeStatus: () =>
        Promise.reject(
          new Problem({ status: 412, code: 'precondition_failed', detail: 'It has changed.' }),
        ),
      order: () => Promise.resolve({ ...newest, history: [] }),
    } as Partial<Api> as Api,
    toasts: { show: (toast: ToastText) => void toasts.push(toast) },
    take: (order) => void taken.push(order),
  })
  await change(ID, 1, { status: wanted })
  expect(taken).toEqual([newest])
  return toasts
}

test('whoever was slower is told what the order is', async () => {
  expect(await refused('processing', 'cancelled')).toMatchObject([
    { tone: 'warning', detail: 'It is cancelled now. Your change was not made.' },
  ])
})

test('a change that is made already, perhaps by ourselves, is not called somebody else’s', async () => {
  const [toast, ...more] = await refused('processing', 'processing')
  expect(more).toEqual([])
  expect(toast).toMatchObject({
    tone: 'info',
    text: expect.stringContaining('is processing already'),
  })
})
