import type { Product } from '../api'
import { words } from '../stores/search'
import { language } from '../texts'

export const PRODUCT_STATES = ['for-sale', 'hidden'] as const
export type ProductState = (typeof PRODUCT_STATES)[number]

/** `shop`: as the shop sorted them, which is how customers see them. */
export const PRODUCT_SORTS = ['shop', 'name', 'cheapest', 'dearest'] as const
export type ProductSort = (typeof PRODUCT_SORTS)[number]

/** Which products staff want to see, and in which order. */
export interface ProductQuery {
  readonly search: string
  /** Null: all. */
  readonly state: ProductState | null
  readonly sort: ProductSort
}

type Parameter = string | readonly string[] | undefined

const MAX_SEARCH = 200
const NAMES = new Intl.Collator(language)

const COMPARE: Readonly<Record<ProductSort, ((a: Product, b: Product) => number) | null>> = {
  shop: null,
  name: (a, b) => NAMES.compare(a.name, b.name),
  cheapest: (a, b) => a.price - b.price,
  dearest: (a, b) => b.price - a.price,
}

/** From an address, `?q=cup&show=hidden&sort=name`. What cannot be read is as if it were not there. */
export function readProductQuery(parameters: Readonly<Record<string, Parameter>>): ProductQuery {
  const { q, show, sort } = parameters
  return {
    search: typeof q === 'string' ? q.slice(0, MAX_SEARCH) : '',
    state: PRODUCT_STATES.find((state) => state === show) ?? null,
    sort: PRODUCT_SORTS.find((known) => known === sort) ?? 'shop',
  }
}

/** What of it goes into an address; null for what is as usual. */
export function writeProductQuery({ search, state, sort }: ProductQuery) {
  return { q: search || null, show: state, sort: sort === 'shop' ? null : sort }
}

/** Each word of the search begins one of name, id or description; case and accents aside. */
export function findProducts(products: readonly Product[], search: string): readonly Product[] {
  const sought = words(search)
  if (sought.length === 0) return products
  return products.filter(({ name, id, description }) => {
    const found = words(`${name} ${id} ${description}`)
    return sought.every((word) => found.some((one) => one.startsWith(word)))
  })
}

export function inState(products: readonly Product[], state: ProductState | null) {
  return state === null
    ? products
    : products.filter(({ active }) => active === (state === 'for-sale'))
}

export function sortProducts(products: readonly Product[], sort: ProductSort): readonly Product[] {
  const compare = COMPARE[sort]
  return compare ? products.toSorted(compare) : products
}
