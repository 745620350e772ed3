import { useSearchParams } from '@solidjs/router'
import { createMemo } from 'solid-js'
import type { Product } from '../api'
import {
  findProducts,
  inState,
  readProductQuery,
  sortProducts,
  writeProductQuery,
  type ProductQuery,
  type ProductState,
} from './product-query'

/** The products that staff asked to see; what they asked for stands in the address. */
export interface ProductList {
  /** Reactive. */
  readonly query: () => ProductQuery
  readonly show: (change: Partial<ProductQuery>) => void
  /** Reactive: ids of what is shown, in its order. */
  readonly ids: () => readonly string[]
  /** Reactive: how many of what the search finds are in a state; null: in any. */
  readonly count: (state: ProductState | null) => number
}

/** Owned. @param products reactive */
export function createProductList(products: () => readonly Product[]): ProductList {
  const [parameters, setParameters] = useSearchParams()
  const query = createMemo(() => readProductQuery(parameters))
  const found = createMemo(() => findProducts(products(), query().search))
  const ids = createMemo(() =>
    sortProducts(inState(found(), query().state), query().sort).map(({ id }) => id),
  )
  return {
    query,
    show(change) {
      const next = { ...query(), ...change }
      // Each letter is no step of its own: back leads to before the search.
      const isTyping = query().search !== '' && next.search !== ''
      setParameters(writeProductQuery(next), { replace: isTyping && 'search' in change })
    },
    ids,
    count: (state) => inState(found(), state).length,
  }
}
