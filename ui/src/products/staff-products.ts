import { createSignal } from 'solid-js'
import type { Api, NewProduct, Product, ProductChange } from '../api'
import { Problem } from '../problem'

/** Every product of the shop, for staff. */
export interface StaffProducts {
  /** Reactive; undefined until they came. As the shop sorted them. */
  readonly items: () => readonly Product[] | undefined
  /** Reactive: why the last attempt to load them failed; null: it did not. */
  readonly error: () => unknown
  /** Never rejects: `error` says how it went. What is known stays. */
  readonly load: () => Promise<void>
  readonly add: (product: NewProduct) => Promise<Product>
  /** Rejects with 412 where it is not as it was seen: then the newest is loaded already. */
  readonly change: (seen: Product, change: ProductChange) => Promise<Product>
  readonly find: (productId: string) => Product | undefined
}

/** @param onChanged what else shows products follows */
export function createStaffProducts(
  api: Pick<Api, 'allProducts' | 'addProduct' | 'changeProduct'>,
  onChanged: () => void,
): StaffProducts {
  const [items, setItems] = createSignal<readonly Product[]>()
  const [error, setError] = createSignal<unknown>(null)

  async function load(): Promise<void> {
    try {
      const loaded = await api.allProducts()
      setItems(loaded)
      setError(null)
    } catch (failure) {
      setError(failure)
    }
  }

  function take(product: Product): Product {
    const known = items() ?? []
    const isNew = !known.some(({ id }) => id === product.id)
    setItems(isNew ? [...known, product] : known.map((one) => newerOf(one, product)))
    onChanged()
    return product
  }

  return {
    items,
    error,
    load,
    async add(product) {
      try {
        return take(await api.addProduct(product))
      } catch (failure) {
        // The one that is in its way may be its own, whose answer was lost.
        if (statusOf(failure) === 409) await load()
        throw failure
      }
    },
    async change(seen, change) {
      try {
        return take(await api.changeProduct(seen.id, seen.version, change))
      } catch (failure) {
        if (isStale(failure)) await load()
        throw failure
      }
    },
    find: (productId) => items()?.find(({ id }) => id === productId),
  }
}

function newerOf(known: Product, product: Product): Product {
  return known.id === product.id && product.version >= known.version ? product : known
}

/** Somebody else was faster. */
export function isStale(failure: unknown): boolean {
  return statusOf(failure) === 412
}

function statusOf(failure: unknown): number | null {
  return failure instanceof Problem ? failure.status : null
}
