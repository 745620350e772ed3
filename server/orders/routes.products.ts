import { Elysia, t } from 'elysia'
import { authentication } from '../auth/macro'
import type { VerifyToken } from '../auth/principal'
import { documented, ETAG_HEADER } from './documentation'
import { IfMatchModel, NewProductModel, ProductChangeModel } from './model'
import type { OrderStore } from './order-store'
import { entityTag } from './precondition'
import type { ProductService } from './product-service'

/** What staff read of products: the hidden ones as well. */
export function staffProductRoutes(store: OrderStore, verify: VerifyToken) {
  return new Elysia({ name: 'staff-products' })
    .use(authentication(verify))
    .get(
      '/admin/products',
      async () => ({ items: await store.allProducts(), cursor: null, next: null }),
      {
        staff: true,
        detail: documented({
          tag: 'Staff',
          summary: 'List all products, the hidden ones too',
          answer: { status: 200, model: 'ProductList', description: 'All of them, on one page.' },
          problems: [401, 403],
        }),
      },
    )
}

/** What changes products. Orders that have them stay as they were placed. */
export function productCommandRoutes(verify: VerifyToken, products: ProductService) {
  return new Elysia({ name: 'product-commands' })
    .use(authentication(verify))
    .post(
      '/admin/products',
      async ({ body, set, status }) => {
        const product = await products.add(body)
        set.headers.etag = entityTag(product.version)
        return status(201, product)
      },
      {
        staff: true,
        parse: 'json',
        body: NewProductModel,
        detail: documented({
          tag: 'Staff',
          summary: 'Add a product',
          description:
            'Its currency is the shop’s. The id is yours to choose, so that a repeated request ' +
            'adds nothing twice: it is answered 409.',
          answer: {
            status: 201,
            model: 'Product',
            description: 'The product.',
            headers: ETAG_HEADER,
          },
          problems: [400, 401, 403, 409, 422],
        }),
      },
    )
    .patch(
      '/admin/products/:id',
      async ({ params, body, headers, set }) => {
        const product = await products.change(params.id, body, headers['if-match'])
        set.headers.etag = entityTag(product.version)
        return product
      },
      {
        staff: true,
        parse: 'json',
        body: ProductChangeModel,
        headers: t.Object({ 'if-match': t.Optional(IfMatchModel) }),
        detail: documented({
          tag: 'Staff',
          summary: 'Change a product, hide it or show it again',
          description:
            'Needs `If-Match` with the ETag of the product that you saw, which is its `version` ' +
            'in quotes; 412 tells what it is now in `current`. A hidden product is not listed ' +
            'and cannot be ordered.',
          answer: {
            status: 200,
            model: 'Product',
            description: 'The product.',
            headers: ETAG_HEADER,
          },
          problems: [400, 401, 403, 404, 412, 422, 428],
        }),
      },
    )
}
