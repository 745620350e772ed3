import { Elysia } from 'elysia'
import { documented } from './documentation'
import { DOCUMENTED_MODELS } from './model'
import { refusedCommands } from './refused-commands'
import { commandRoutes } from './routes.commands'
import type { OrdersRoutesDeps } from './routes.deps'
import { customerRoutes } from './routes.customer'
import { staffRoutes } from './routes.staff'
import { createOrderService } from './service'

/** Every route of products and orders, under `/api`. Failures are thrown as `AppError`s. */
export function ordersRoutes(deps: OrdersRoutesDeps) {
  const { store, shop, verify } = deps
  const service = createOrderService(store, shop)
  return new Elysia({ name: 'orders', prefix: '/api' })
    .model(DOCUMENTED_MODELS)
    .use(deps.orders === 'on' ? commandRoutes(verify, service) : withoutCommands())
    .use(customerRoutes(deps, service))
    .use(staffRoutes(deps))
    .get('/products', async () => ({ items: await store.products(), cursor: null, next: null }), {
      detail: documented({
        tag: 'Shop',
        summary: 'List what is for sale',
        answer: { status: 200, model: 'ProductList', description: 'All of it, on one page.' },
        problems: [],
      }),
    })
}

/** Of the commands' type, which front ends are written against, whichever shop they will meet. */
function withoutCommands() {
  return refusedCommands() as unknown as ReturnType<typeof commandRoutes>
}
