import { Elysia } from 'elysia'
import { documented } from './documentation'
import { DOCUMENTED_MODELS } from './model'
import type { OrdersRoutesDeps } from './routes.deps'
import { customerRoutes } from './routes.customer'
import { staffRoutes } from './routes.staff'
import { createOrderService } from './service'

/** Every route of products and orders, under `/api`. Failures are thrown as `AppError`s. */
export function ordersRoutes(deps: OrdersRoutesDeps) {
  const { store, shop } = deps
  const service = createOrderService(store, shop)
  return new Elysia({ name: 'orders', prefix: '/api' })
    .model(DOCUMENTED_MODELS)
    .use(customerRoutes(deps, service))
    .use(staffRoutes(deps, service))
    .get('/products', async () => ({ items: await store.products(), cursor: null, next: null }), {
      detail: documented({
        tag: 'Shop',
        summary: 'List what is for sale',
        answer: { status: 200, model: 'ProductList', description: 'All of it, on one page.' },
        problems: [],
      }),
    })
}
