import { AppError } from '../errors'
import type { OrderStore } from './order-store'
import { parseIfMatch } from './precondition'
import type { Product } from './product'
import { addProduct, changeProduct } from './product-rules'
import type {
  ProductChange,
  ProductDecision,
  ProductDraft,
  ProductRefusalCode,
} from './product-rules'
import type { ShopSettings } from './shop'

const HTTP_STATUS: Readonly<Record<ProductRefusalCode, number>> = {
  invalid_product: 422,
  product_exists: 409,
  product_not_found: 404,
  invalid_if_match: 400,
  precondition_required: 428,
  precondition_failed: 412,
}

export type ProductService = ReturnType<typeof createProductService>

/** What staff do to products: from what a request says to what the store and the rules decide. */
export function createProductService(store: OrderStore, shop: ShopSettings) {
  return {
    async add(draft: ProductDraft): Promise<Product> {
      return productOf(
        await store.changeProduct({
          productId: draft.id,
          decide: (known) => addProduct(draft, shop.currency, known),
        }),
      )
    },

    /** @param ifMatch the header `If-Match`, where the client sent one */
    async change(
      productId: string,
      change: ProductChange,
      ifMatch: string | undefined,
    ): Promise<Product> {
      const precondition = ifMatch === undefined ? null : parseIfMatch(ifMatch)
      return productOf(
        await store.changeProduct({
          productId,
          decide: (product) => changeProduct(product, change, precondition),
        }),
      )
    },
  }
}

function productOf(decision: ProductDecision): Product {
  if (decision.outcome !== 'refused') return decision.product
  const { code, message, ...extensions } = decision.refusal
  throw new AppError(code, HTTP_STATUS[code], message, { extensions })
}
