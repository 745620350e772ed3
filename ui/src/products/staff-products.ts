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

  /** Counts what is asked for and what is taken in, so that the later is known from the earlier. */
  let step = 0
  let shown = 0
  const takenAt = new Map<string, number>()

  async function load(): Promise<void> {
    const asked = ++step
    const isLate = () => asked < shown
    try {
      const loaded = await api.allProducts()
      if (isLate()) return
      shown = asked
      setItems(withTaken(loaded, asked))
      setError(null)
    } catch (failure) {
      if (!isLate()) setError(failure)
    }
  }

  /** What was changed here since a list was asked for may not be in it. */
  function withTaken(loaded: readonly Product[], asked: number): readonly Product[] {
    const taken = (items() ?? []).filter(({ id }) => (takenAt.get(id) ?? 0) > asked)
    return taken.reduce(withProduct, loaded)
  }

  function take(product: Product): Product {
    takenAt.set(product.id, ++step)
    setItems((known = []) => withProduct(known, product))
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

function withProduct(known: readonly Product[], product: Product): readonly Product[] {
  const isNew = !known.some(({ id }) => id === product.id)
  return isNew ? [...known, product] : known.map((one) => newerOf(one, product))
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
