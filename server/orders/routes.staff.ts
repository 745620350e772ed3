import { Elysia, t } from 'elysia'
import { authentication } from '../auth/macro'
import { documented, ETAG_HEADER } from './documentation'
import { AdminQueryModel, IfMatchModel, StatusModel } from './model'
import { entityTag } from './precondition'
import { onlyQueryOf, pageOf } from './query'
import type { OrdersRoutesDeps } from './routes.deps'
import type { OrderService } from './service'

/** What staff do: see every order, move it on, and read the figures. */
export function staffRoutes({ store, position, verify }: OrdersRoutesDeps, service: OrderService) {
  return new Elysia({ name: 'staff-orders' })
    .use(authentication(verify))
    .get(
      '/admin/orders',
      async ({ query }) => {
        const cursor = position()
        return { cursor, ...(await store.all(pageOf(query))) }
      },
      {
        staff: true,
        query: AdminQueryModel,
        transform: onlyQueryOf(AdminQueryModel),
        detail: documented({
          tag: 'Staff',
          summary: 'List and search all orders, newest first',
          answer: { status: 200, model: 'OrderList', description: 'One page.' },
          problems: [400, 401, 403, 422],
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
    .get('/admin/stats', () => store.stats(), {
      staff: true,
      detail: documented({
        tag: 'Staff',
        summary: 'Read the figures of the board',
        answer: { status: 200, model: 'Stats', description: 'Absolute figures, exact now.' },
        problems: [401, 403],
      }),
    })
}
