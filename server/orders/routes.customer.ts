import { Elysia } from 'elysia'
import { authentication } from '../auth/macro'
import { documented, ETAG_HEADER } from './documentation'
import { PageQueryModel } from './model'
import { entityTag } from './precondition'
import { onlyQueryOf, pageOf } from './query'
import type { OrdersRoutesDeps } from './routes.deps'
import type { OrderService } from './service'

/** What customers read: orders of their own. */
export function customerRoutes(
  { store, position, verify }: OrdersRoutesDeps,
  service: OrderService,
) {
  return new Elysia({ name: 'customer-orders' })
    .use(authentication(verify))
    .get(
      '/orders',
      async ({ principal, query }) => {
        // Before the state is read: a change in between is replayed, and folds to the same order.
        const cursor = position()
        return { cursor, ...(await store.ofBuyer(principal.subject, pageOf(query))) }
      },
      {
        signedIn: true,
        query: PageQueryModel,
        transform: onlyQueryOf(PageQueryModel),
        detail: documented({
          tag: 'Orders',
          summary: 'List my orders, newest first',
          answer: { status: 200, model: 'OrderList', description: 'One page.' },
          problems: [400, 401, 422],
        }),
      },
    )
    .get(
      '/orders/:id',
      async ({ principal, params, set }) => {
        const { order, history } = await service.find(principal, params.id)
        set.headers.etag = entityTag(order.version)
        return { ...order, history }
      },
      {
        signedIn: true,
        detail: documented({
          tag: 'Orders',
          summary: 'Read an order with its history',
          description: 'Customers read their own; staff read any.',
          answer: {
            status: 200,
            model: 'OrderDetail',
            description: 'The order.',
            headers: ETAG_HEADER,
          },
          problems: [401, 404],
        }),
      },
    )
}
