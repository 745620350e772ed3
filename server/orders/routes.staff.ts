import { Elysia } from 'elysia'
import { authentication } from '../auth/macro'
import { documented } from './documentation'
import { AdminQueryModel } from './model'
import { onlyQueryOf, pageOf } from './query'
import type { OrdersRoutesDeps } from './routes.deps'

/** What staff read: every order, and the figures. */
export function staffRoutes({ store, position, verify }: OrdersRoutesDeps) {
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
