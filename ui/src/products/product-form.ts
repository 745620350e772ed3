import { minorDigits } from '../../../server/protocol/money'
import type { NewProduct, Product, ProductChange } from '../api'
import { texts } from '../texts'

/** What a form holds of a product, as it is typed. */
export interface ProductFields {
  readonly name: string
  readonly id: string
  readonly description: string
  readonly price: string
  /** '' for none. */
  readonly picture: string
  readonly active: boolean
}

export type ProductField = keyof ProductFields
export type ProductErrors = Partial<Record<ProductField, string>>

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/

export const EMPTY_PRODUCT: ProductFields = {
  name: '',
  id: '',
  description: '',
  price: '',
  picture: '',
  active: true,
}

export function fieldsOf(product: Product): ProductFields {
  const { name, id, description, active } = product
  const price = priceText(product.price, product.currency)
  return { name, id, description, price, picture: product.picture ?? '', active }
}

/** `1450` EUR → `14.50`: what is typed, without a currency. */
export function priceText(price: number, currency: string): string {
  const digits = minorDigits(currency)
  return (price / 10 ** digits).toFixed(digits)
}

/** `14.5`, `14,50` EUR → `1450`; null for what is no price in this currency. */
export function parsePrice(text: string, currency: string): number | null {
  const digits = minorDigits(currency)
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim())
  if (!match) return null
  const [, whole = '', fraction = ''] = match
  if (fraction.length > digits) return null
  const price = Number(whole + fraction.padEnd(digits, '0'))
  return price > 0 ? price : null
}

/** `Café Crème, 500 g` → `cafe-creme-500-g`. */
export function idOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 100)
    .replace(/-$/, '')
}

/** What is missing or no price, a sentence each; the server has the last word. */
export function productErrors(fields: ProductFields, currency: string): ProductErrors {
  const { missing } = texts.products
  return {
    ...(fields.name.trim() === '' && { name: missing.name }),
    ...(!ID.test(fields.id) && { id: missing.id }),
    ...(parsePrice(fields.price, currency) === null && {
      price: missing.price(priceText(1_450, currency)),
    }),
  }
}

/** Of fields without errors. */
export function newProductOf(fields: ProductFields, currency: string): NewProduct {
  const { name, id, active } = fields
  return {
    id,
    name: name.trim(),
    description: oneLine(fields.description),
    price: parsePrice(fields.price, currency) ?? 0,
    picture: fields.picture === '' ? null : fields.picture,
    active,
  }
}

/** What is different from the product that was seen: what others changed is not sent back. */
export function changeOf(fields: ProductFields, seen: Product): ProductChange {
  const wanted = newProductOf(fields, seen.currency)
  return {
    ...(wanted.name !== seen.name && { name: wanted.name }),
    ...(wanted.description !== seen.description && { description: wanted.description ?? '' }),
    ...(wanted.price !== seen.price && { price: wanted.price }),
    ...(wanted.picture !== seen.picture && { picture: wanted.picture ?? null }),
    ...(wanted.active !== seen.active && { active: wanted.active ?? true }),
  }
}

/** Somebody else's change taken in: fields that nobody touched here follow it, the others stay. */
export function rebase(fields: ProductFields, seen: Product, newest: Product): ProductFields {
  const before = fieldsOf(seen)
  const now = fieldsOf(newest)
  return {
    name: fields.name === before.name ? now.name : fields.name,
    id: now.id,
    description: fields.description === before.description ? now.description : fields.description,
    price: fields.price === before.price ? now.price : fields.price,
    picture: fields.picture === before.picture ? now.picture : fields.picture,
    active: fields.active === before.active ? now.active : fields.active,
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ')
}
