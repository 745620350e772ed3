import type { Address, OrderItem } from '../protocol/order'
import { ADDRESS_FIELDS, ITEM_FIELDS } from './field-names'
import { amountOf, cleanText, idOf, textOf, wholeNumberOf } from './fields'
import { Inexact, isObject, tooDeep, type JsonObject } from './json'
import { rename, type Found } from './rename'
import { inside, invalid } from './unfit'

type ItemMember = keyof OrderItem

const ITEM_MEMBERS: ReadonlySet<ItemMember> = new Set(ITEM_FIELDS)
const ITEM_ACCEPTED: ReadonlyMap<string, ItemMember> = new Map([['price', 'unitPrice']])
const ADDRESS_MEMBERS = new Set(ADDRESS_FIELDS)
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
    reading(item, `${name}[${place}]`, (members) => itemOf(members, digits, names)),
  )
  const extra = items.map((item) => item.extra)
  return {
    part: items.map(({ part }) => part),
    extra: extra.some((members) => members !== null) ? extra : null,
  }
}

function itemOf(item: JsonObject, digits: number, names: FieldNames): Part<OrderItem> {
  const { known, others } = rename(item, ITEM_MEMBERS, names, ITEM_ACCEPTED)
  const found = (member: ItemMember) => known.get(member) ?? { name: member, value: undefined }
  const read = <T>(member: ItemMember, as: (value: unknown, name: string) => T): T =>
    as(found(member).value, found(member).name)
  const amount = (value: unknown, name: string) => amountOf(value, digits, name)
  const productId = read('productId', idOf)
  const quantity = read('quantity', (value, name) => wholeNumberOf(value, 1, name))
  const unitPrice = read('unitPrice', amount)
  const total = known.has('total') ? read('total', amount) : quantity * unitPrice
  if (!Number.isSafeInteger(total)) throw invalid('total', 'an amount that can be counted', total)
  const name = known.has('name') ? read('name', textOf) : productId
  return { part: { productId, name, quantity, unitPrice, total }, extra: othersOf(others) }
}

/** An address is for people to read: what it leaves out is empty, and no reason to hold an order up. */
export function addressOf({ name, value }: Found, names: FieldNames): Part<Address> {
  return reading(value, name, (members) => {
    const { known, others } = rename(members, ADDRESS_MEMBERS, names, NO_OTHER_NAMES)
    if (known.size === 0) throw invalid('line1', 'at least one line of an address', undefined)
    const text = (found: Found | undefined) => (found ? textOf(found.value, found.name) : '')
    const line2 = known.get('line2')
    const part = {
      name: text(known.get('name')),
      line1: text(known.get('line1')),
      ...(line2 && { line2: text(line2) }),
      city: text(known.get('city')),
      postalCode: text(known.get('postalCode')),
      country: countryOf(text(known.get('country'))),
    }
    return { part, extra: othersOf(others) }
  })
}

/** What `read` makes of an object that is called `name`. */
function reading<T>(value: unknown, name: string, read: (members: JsonObject) => T): T {
  if (!isObject(value)) throw invalid(name, 'an object', value)
  try {
    return read(value)
  } catch (error) {
    throw inside(name, error)
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
