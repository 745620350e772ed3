import type { Address, OrderItem } from '../protocol/order'
import { amountOf, cleanText, idOf, textOf, wholeNumberOf } from './fields'
import { Inexact, isObject, tooDeep, type JsonObject } from './json'
import { rename, type Found } from './rename'
import { invalid } from './unfit'

const ITEM_MEMBERS = new Set(['productId', 'name', 'quantity', 'unitPrice', 'total'] as const)
const ITEM_ACCEPTED = new Map([['price', 'unitPrice']] as const)
const ADDRESS_MEMBERS = new Set([
  'name',
  'line1',
  'line2',
  'city',
  'postalCode',
  'country',
] as const)
const NO_OTHER_NAMES = new Map<string, never>()

export type FieldNames = ReadonlyMap<string, string>

/** A part of the order, and the members of it that `Order` does not know; null where there are none. */
interface Part<T> {
  readonly part: T
  readonly extra: unknown
}

export function itemsOf(
  { name, value }: Found,
  digits: number,
  names: FieldNames,
): Part<OrderItem[]> {
  if (!Array.isArray(value)) throw invalid(name, 'a list', value)
  const items = value.map((item: unknown, place) =>
    itemOf(item, `${name}[${place}]`, digits, names),
  )
  const extra = items.map((item) => item.extra)
  return {
    part: items.map(({ part }) => part),
    extra: extra.some((members) => members !== null) ? extra : null,
  }
}

function itemOf(item: unknown, path: string, digits: number, names: FieldNames): Part<OrderItem> {
  if (!isObject(item)) throw invalid(path, 'an object', item)
  const { known, others } = rename(item, ITEM_MEMBERS, names, ITEM_ACCEPTED)
  const found = (member: typeof ITEM_MEMBERS extends Set<infer M> ? M : never) =>
    known.get(member) ?? { name: member, value: undefined }
  const product = found('productId')
  const productId = idOf(product.value, product.name, path)
  const quantity = wholeNumberOf(found('quantity').value, 1, found('quantity').name, path)
  const price = found('unitPrice')
  const unitPrice = amountOf(price.value, digits, price.name, path)
  const name = known.get('name')
  const total = known.get('total')
  return {
    part: {
      productId,
      name: name ? textOf(name.value, name.name, path) : productId,
      quantity,
      unitPrice,
      total: total ? amountOf(total.value, digits, total.name, path) : quantity * unitPrice,
    },
    extra: othersOf(others),
  }
}

/** An address is for people to read: what it leaves out is empty, and no reason to hold an order up. */
export function addressOf({ name: path, value }: Found, names: FieldNames): Part<Address> {
  if (!isObject(value)) throw invalid(path, 'an object', value)
  const { known, others } = rename(value, ADDRESS_MEMBERS, names, NO_OTHER_NAMES)
  if (known.size === 0)
    throw invalid(path, `any of ${[...ADDRESS_MEMBERS].join(', ')} in it`, value)
  const text = (found: Found | undefined) => (found ? textOf(found.value, found.name, path) : '')
  const line2 = known.get('line2')
  return {
    part: {
      name: text(known.get('name')),
      line1: text(known.get('line1')),
      ...(line2 && { line2: text(line2) }),
      city: text(known.get('city')),
      postalCode: text(known.get('postalCode')),
      country: countryOf(text(known.get('country'))),
    },
    extra: othersOf(others),
  }
}

function countryOf(text: string): string {
  return /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : text
}

/** Unknown members as an object of their own. */
export function othersOf(others: readonly Found[]): JsonObject | null {
  if (others.length === 0) return null
  return Object.fromEntries(others.map(({ name, value }) => [cleanText(name), cleaned(value, 1)]))
}

const MAX_DEPTH = 32

/** The value as every store and client can hold it. */
function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Inexact()
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) throw tooDeep()
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '__proto__')
      .map(([name, member]: [string, unknown]) => [cleanText(name), cleaned(member, depth + 1)]),
  )
}
