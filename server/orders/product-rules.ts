import { matches } from './precondition'
import type { Precondition } from './precondition'
import type { Product } from './product'

export const MAX_PRODUCT_NAME = 200
export const MAX_PRODUCT_DESCRIPTION = 1_000
/** Also of a picture's name. */
export const MAX_PRODUCT_ID = 100
/** So that no order, however full, is more than a number can hold. */
export const MAX_PRICE = 100_000_000

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/
const PICTURE = /^[a-z0-9]+(-[a-z0-9]+)*\.(svg|png|jpg|webp|avif)$/

/** What can be changed. */
const MEMBERS = ['name', 'description', 'price', 'picture', 'active'] as const

/** What staff say of a new product. Its currency is the shop's. */
export interface ProductDraft {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly price: number
  readonly picture?: string | null
  readonly active?: boolean
}

/** What shall be different; absent members stay. */
export type ProductChange = Partial<Omit<ProductDraft, 'id'>>

export type ProductRefusalCode =
  | 'invalid_product'
  | 'product_exists'
  | 'product_not_found'
  | 'invalid_if_match'
  | 'precondition_required'
  | 'precondition_failed'

/** Why a product was not written. Nothing was changed. */
export interface ProductRefusal {
  readonly code: ProductRefusalCode
  /** One sentence for people: what was wrong and what was expected. */
  readonly message: string
  /** The member of the request that is at fault, the first of them. */
  readonly field?: string
  /** `invalid_product`: every member that is at fault. */
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
  /** `precondition_failed`: what the product is now. */
  readonly current?: Product
}

/**
 * `accepted`: `product` is to be written. `unchanged`: it is so already; nothing is to be written.
 */
export type ProductDecision =
  | { readonly outcome: 'accepted'; readonly product: Product }
  | { readonly outcome: 'unchanged'; readonly product: Product }
  | { readonly outcome: 'refused'; readonly refusal: ProductRefusal }

/** Adds a product; `known` is the one that has its id already, if any. */
export function addProduct(
  draft: ProductDraft,
  currency: string,
  known: Product | null,
): ProductDecision {
  const product: Product = {
    id: draft.id,
    name: draft.name.trim(),
    description: (draft.description ?? '').trim(),
    price: draft.price,
    currency,
    picture: draft.picture ?? null,
    active: draft.active ?? true,
    version: 1,
  }
  const faults = faultsOf(product)
  if (faults) return refused(faults)
  if (!known) return { outcome: 'accepted', product }
  const field = 'id'
  const message = `${field}: expected one that no product has yet, found ${draft.id}`
  return refused({ code: 'product_exists', message, field })
}

/** Changes the version of a product that staff saw, and no other. */
export function changeProduct(
  product: Product | null,
  change: ProductChange,
  precondition: Precondition | null,
): ProductDecision {
  if (!product) {
    return refused({ code: 'product_not_found', message: 'There is no such product.' })
  }
  if (precondition === null) {
    const message = 'If-Match: expected the ETag of the product that you saw, for example "1"'
    return refused({ code: 'precondition_required', message })
  }
  if (precondition === 'malformed') {
    const message = 'If-Match: expected an ETag such as "1", or *'
    return refused({ code: 'invalid_if_match', message, field: 'If-Match' })
  }
  if (Object.values(change).every((value) => value === undefined)) {
    const field = 'body'
    const message = `${field}: expected at least one of ${MEMBERS.join(', ')}`
    return refused({ code: 'invalid_product', message, field })
  }
  const next: Product = {
    ...product,
    name: change.name?.trim() ?? product.name,
    description: change.description?.trim() ?? product.description,
    price: change.price ?? product.price,
    picture: change.picture === undefined ? product.picture : change.picture,
    active: change.active ?? product.active,
    version: product.version + 1,
  }
  // Before the version is compared: whoever repeats a change whose answer was lost gets that answer.
  if (MEMBERS.every((member) => next[member] === product[member])) {
    return { outcome: 'unchanged', product }
  }
  if (!matches(precondition, product.version)) return refused(staleRefusal(product))
  const faults = faultsOf(next)
  return faults ? refused(faults) : { outcome: 'accepted', product: next }
}

function staleRefusal(current: Product): ProductRefusal {
  return {
    code: 'precondition_failed',
    message: `If-Match: the product has changed since you read it, it is at version ${current.version}`,
    current,
  }
}

/** Everything that is wrong with it, at once: whoever fills in a form sees it beside each field. */
function faultsOf({ id, name, description, price, picture }: Product): ProductRefusal | null {
  const expected: readonly (readonly [field: string, fits: boolean, expectation: string])[] = [
    [
      'id',
      ID.test(id) && id.length <= MAX_PRODUCT_ID,
      `lower-case letters and digits, with single hyphens between, at most ${MAX_PRODUCT_ID}`,
    ],
    [
      'name',
      name !== '' && isLine(name, MAX_PRODUCT_NAME),
      `1 to ${MAX_PRODUCT_NAME} characters on one line`,
    ],
    [
      'description',
      isLine(description, MAX_PRODUCT_DESCRIPTION),
      `at most ${MAX_PRODUCT_DESCRIPTION} characters on one line`,
    ],
    [
      'price',
      Number.isInteger(price) && price >= 1 && price <= MAX_PRICE,
      `a whole number from 1 to ${MAX_PRICE}, of the currency’s minor unit`,
    ],
    [
      'picture',
      picture === null || (PICTURE.test(picture) && picture.length <= MAX_PRODUCT_ID),
      'the name of a picture such as espresso-cup.svg, or null',
    ],
  ]
  const errors = expected
    .filter(([, fits]) => !fits)
    .map(([field, , expectation]) => ({ field, detail: `${field}: expected ${expectation}` }))
  const first = errors[0]
  if (!first) return null
  return { code: 'invalid_product', message: first.detail, field: first.field, errors }
}

function isLine(text: string, max: number): boolean {
  return text.length <= max && !/\p{Cc}/u.test(text)
}

function refused(refusal: ProductRefusal): ProductDecision {
  return { outcome: 'refused', refusal }
}
