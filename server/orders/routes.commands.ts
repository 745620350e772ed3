import { Elysia, t } from 'elysia'
import { authentication } from '../auth/macro'
import type { VerifyToken } from '../auth/principal'
import { documented, ETAG_HEADER } from './documentation'
import { CancelModel, DraftModel, IfMatchModel, StatusModel } from './model'
import { parseOptionalJson, requireObject } from './optional-body'
import { entityTag } from './precondition'
import type { OrderService } from './service'

/** What changes orders: customers place and cancel their own, staff move on any. */
export function commandRoutes(verify: VerifyToken, service: OrderService) {
  return new Elysia({ name: 'order-commands' })
    .use(authentication(verify))
    .post(
      '/orders',
      async ({ principal, body, headers, set, status }) => {
        const order = await service.place(principal, body, headers['idempotency-key'])
        set.headers.location = `/api/orders/${order.orderId}`
        set.headers.etag = entityTag(order.version)
        return status(201, order)
      },
      {
        signedIn: true,
        parse: 'json',
        body: DraftModel,
        headers: t.Object({
          'idempotency-key': t.Optional(
            t.String({ description: 'Makes it safe to repeat the request, for 24 hours.' }),
          ),
        }),
        detail: documented({
          tag: 'Orders',
          summary: 'Place an order',
          description:
            'Prices, tax and totals are the shop’s. Lines of one product are merged. With an ' +
            '`Idempotency-Key` a repeated request gets the first answer.',
          answer: {
            status: 201,
            model: 'Order',
            description: 'The order.',
            headers: { ...ETAG_HEADER, Location: 'Where it is.' },
          },
          problems: [400, 401, 409, 422],
        }),
      },
    )
    .post(
      '/orders/:id/cancel',
      async ({ principal, params, body, headers, set }) => {
        const order = await service.cancel(principal, params.id, {
          ifMatch: headers['if-match'],
          ...body,
        })
        set.headers.etag = entityTag(order.version)
        return order
      },
      {
        signedIn: true,
        // 'json' is for the API description: the first one always has an answer.
        parse: [parseOptionalJson, 'json'],
        transform: requireObject,
        body: CancelModel,
        headers: t.Object({ 'if-match': t.Optional(IfMatchModel) }),
        detail: documented({
          tag: 'Orders',
          summary: 'Cancel an order',
          description:
            'Possible until it is shipped. Cancelling a cancelled order changes nothing and is ' +
            'no error. Staff who cancel somebody’s order must send `If-Match`.',
          answer: { status: 200, model: 'Order', description: 'The order.', headers: ETAG_HEADER },
          problems: [400, 401, 404, 409, 412, 422, 428],
        }),
      },
    )
    .patch(
      '/admin/orders/:id',
      async ({ principal, params, body, headers, set }) => {
        const order = await service.changeStatus(principal, params.id, {
          ifMatch: headers['if-match'],
          ...body,
        })
        set.headers.etag = entityTag(order.version)
        return order
      },
      {
        staff: true,
        parse: 'json',
        body: StatusModel,
        headers: t.Object({ 'if-match': t.Optional(IfMatchModel) }),
        detail: documented({
          tag: 'Staff',
          summary: 'Change the status of an order',
          description:
            'Needs `If-Match` with the ETag of the order that you saw. An illegal transition is ' +
            'answered with the `allowed` ones. A `reason` goes with `cancelled` only.',
          answer: { status: 200, model: 'Order', description: 'The order.', headers: ETAG_HEADER },
          problems: [400, 401, 403, 404, 409, 412, 422, 428],
        }),
      },
    )
}
