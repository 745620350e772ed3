import { createMemo, createResource, createSignal, type Resource } from 'solid-js'
import type { Api, Product, Settings } from '../api'
import type { CartLine } from './cart'

/** A line of the cart with the product that it means. */
export interface PricedLine extends CartLine {
  readonly product: Product
  readonly total: number
}

/** What a cart will cost, by the server's prices; the order's own figures are the server's. */
export interface Estimate {
  readonly lines: readonly PricedLine[]
  /** How many things the lines are together. */
  readonly pieces: number
  readonly currency: string
  readonly subtotal: number
  /** Null where the shop does not tell its tax. */
  readonly tax: number | null
  /** Ids of what is in the cart and no longer sold: not in the lines, nor in the sums. */
  readonly gone: readonly string[]
}

/** What the shop sells and how it is set up: loaded once, when first asked for. */
export interface Catalogue {
  /** Reactive; undefined while it is loaded or when it failed. */
  readonly products: () => readonly Product[] | undefined
  readonly settings: () => Settings | undefined
  /** Reactive: false where orders are placed and changed by another service, and shown here. */
  readonly takesOrders: () => boolean
  /** Reactive: why either could not be loaded. */
  readonly error: () => unknown
  readonly retry: () => void
  /** Loads what is sold, and at which prices, again; what was known stays until then. */
  readonly refresh: () => Promise<void>
  /** Reactive: null while prices are not known. Lines of products no longer sold are named in `gone`. */
  readonly estimate: () => Estimate | null
}

/** Owned. */
export function createCatalogue(
  api: Pick<Api, 'products' | 'settings'>,
  lines: () => readonly CartLine[],
): Catalogue {
  const [wanted, setWanted] = createSignal(false)
  const [products, products_] = createResource(wanted, () => api.products())
  const [settings, settings_] = createResource(wanted, () => api.settings())
  /** Refreshes are counted: one that is answered late is not shown in the place of a later one. */
  let asked = 0
  let shown = 0

  const estimate = createMemo((): Estimate | null => {
    const known = loaded(products)
    if (!known) return null
    const priced = lines().flatMap((line) => {
      const product = known.find((candidate) => candidate.id === line.productId)
      return product ? [{ ...line, product, total: product.price * line.quantity }] : []
    })
    const pieces = priced.reduce((sum, line) => sum + line.quantity, 0)
    const subtotal = priced.reduce((sum, line) => sum + line.total, 0)
    const percent = settings.error === undefined ? settings.latest?.taxPercent : undefined
    const tax = percent === undefined ? null : Math.round((subtotal * percent) / 100)
    const gone = lines()
      .map((line) => line.productId)
      .filter((id) => !priced.some((line) => line.productId === id))
    const currency = known[0]?.currency ?? 'EUR'
    return { lines: priced, pieces, currency, subtotal, tax, gone }
  })

  const currentSettings = () => {
    setWanted(true)
    return settings.error === undefined ? settings.latest : undefined
  }

  return {
    products() {
      setWanted(true)
      return loaded(products)
    },
    settings: currentSettings,
    takesOrders: () => currentSettings()?.orders !== 'off',
    error: () => products.error ?? settings.error,
    retry() {
      if (products.error !== undefined) void products_.refetch()
      if (settings.error !== undefined) void settings_.refetch()
    },
    async refresh() {
      // What is on its way was asked for before: it would come in the place of what is newer.
      if (products.state === 'pending') return void (await products_.refetch())
      const mine = ++asked
      // One that fails leaves what is known: whoever needs it to be new asks the server anyway.
      const newest = await api.products().catch(() => null)
      if (!newest || mine < shown || products.error !== undefined) return
      shown = mine
      products_.mutate(() => newest)
    },
    estimate,
  }
}

/** What is there of it. Views show by themselves that it is not yet: nothing is suspended for it. */
function loaded<Value>(resource: Resource<Value>): Value | undefined {
  return resource.state === 'ready' || resource.state === 'refreshing' ? resource.latest : undefined
}
