import type { Address } from '../../../server/protocol/order'
import type { NewOrder } from '../api'
import { texts } from '../texts'
import { kept, type KeptStorage } from './kept'

export type AddressField = keyof Address
export type AddressErrors = Partial<Record<AddressField, string>>

const REQUIRED = texts.storefront.checkout.missing satisfies Partial<Record<AddressField, string>>

export const EMPTY_ADDRESS: Address = {
  name: '',
  line1: '',
  line2: '',
  city: '',
  postalCode: '',
  country: '',
}

/** What is missing of an address, a sentence each; the server has the last word. */
export function addressErrors(address: Address): AddressErrors {
  return Object.fromEntries(
    Object.entries(REQUIRED).filter(
      ([field]) => (address[field as AddressField] ?? '').trim() === '',
    ),
  )
}

/** The address as it is sent: without spaces around, and without what was left empty. */
export function trimAddress(address: Address): Address {
  const { line2 = '', ...rest } = address
  const trimmed = Object.fromEntries(
    Object.entries(rest).map(([field, text]) => [field, text.trim()]),
  ) as unknown as Address
  return line2.trim() === '' ? trimmed : { ...trimmed, line2: line2.trim() }
}

/** The checkout that is tried: what was filled in, and the key that makes a retry safe. */
export interface CheckoutAttempt {
  /** The same key for the same order, across reloads, until `done`: a retry places it once. */
  readonly keyFor: (order: NewOrder) => string
  /** The order is placed; the next checkout is another one, even of the same things. */
  readonly done: () => void
  /** What was filled in and not sent yet, else the address of the last checkout here. */
  readonly address: () => Address | null
  /** Keeps what is filled in, for a reload, or for a session that ends meanwhile. */
  readonly fillIn: (address: Address) => void
}

export interface CheckoutStorages {
  /** Of the browser: for the next checkout. */
  readonly browser: KeptStorage
  /** Of the tab: for this one, also after its bearer had to sign in again. */
  readonly tab: KeptStorage
}

export function createCheckoutAttempt(
  { browser, tab }: CheckoutStorages,
  subject: string,
): CheckoutAttempt {
  const attempt = kept(tab, `checkout:${subject}`, isAttempt)
  const draft = kept(tab, `draft:${subject}`, isAddress)
  const address = kept(browser, 'address', isAddress)
  return {
    keyFor(order) {
      address.write(order.shippingAddress)
      const body = JSON.stringify(order)
      const known = attempt.read()
      if (known?.body === body) return known.key
      const key = randomKey()
      attempt.write({ body, key })
      return key
    },
    done() {
      attempt.drop()
      draft.drop()
    },
    address: () => draft.read() ?? address.read(),
    fillIn: draft.write,
  }
}

/** 128 bits, in hex. Not `randomUUID`: only secure origins have it. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function isAttempt(value: unknown): value is { readonly body: string; readonly key: string } {
  const { body, key } = (value ?? {}) as Record<string, unknown>
  return typeof body === 'string' && typeof key === 'string'
}

function isAddress(value: unknown): value is Address {
  const members = (value ?? {}) as Record<string, unknown>
  return Object.keys(REQUIRED).every((field) => typeof members[field] === 'string')
}
