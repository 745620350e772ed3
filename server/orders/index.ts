import { Elysia } from 'elysia'
import type { VerifyToken } from '../auth/principal'
import { documented } from './documentation'
import { DOCUMENTED_MODELS } from './model'
import { createProductService, type ProductService } from './product-service'
import { refusedCommands } from './refused-commands'
import { commandRoutes } from './routes.commands'
import type { OrdersRoutesDeps } from './routes.deps'
import { customerRoutes } from './routes.customer'
import { productCommandRoutes, staffProductRoutes } from './routes.products'
import { staffRoutes } from './routes.staff'
import { createOrderService, type OrderService } from './service'

/** Every route of products and orders, under `/api`. Failures are thrown as `AppError`s. */
export function ordersRoutes(deps: OrdersRoutesDeps) {
  const { store, shop, verify } = deps
  const service = createOrderService(store, shop)
  const products = createProductService(store, shop)
  return new Elysia({ name: 'orders', prefix: '/api' })
    .model(DOCUMENTED_MODELS)
    .use(deps.orders === 'on' ? commands(verify, service, products) : withoutCommands())
    .use(customerRoutes(deps, service))
    .use(staffRoutes(deps))
    .use(staffProductRoutes(store, verify))
    .get('/products', async () => ({ items: await store.products(), cursor: null, next: null }), {
      detail: documented({
        tag: 'Shop',
        summary: 'List what is for sale',
        answer: { status: 200, model: 'ProductList', description: 'All of it, on one page.' },
        problems: [],
      }),
    })
}

function commands(verify: VerifyToken, service: OrderService, products: ProductService) {
  return new Elysia({ name: 'commands' })
    .use(commandRoutes(verify, service))
    .use(productCommandRoutes(verify, products))
}

/** Of the commands' type, which front ends are written against, whichever shop they will meet. */
function withoutCommands() {
  return refusedCommands() as unknown as ReturnType<typeof commands>
}
