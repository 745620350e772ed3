import { minorDigits } from '../protocol/money'
import { isOrderStatus, ORDER_STATUSES, type OrderStatus } from '../protocol/order-status'
import { Inexact } from './json'
import { invalid } from './unfit'

/**
 * Readers of single members. Each takes the value and its name, for the sentence that is thrown as
 * `Unfit` when it is not what was expected.
 */

const MAX_ID_CHARACTERS = 200
const CONTROL_CHARACTER = /\p{Cc}/u

/** An id is text; a number counts as its digits. */
export function idOf(value: unknown, name: string): string {
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (!Number.isSafeInteger(value)) throw new Inexact()
    return String(value)
  }
  const fits =
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_ID_CHARACTERS &&
    !CONTROL_CHARACTER.test(value) &&
    value.isWellFormed()
  if (fits) return value
  throw invalid(
    name,
    `an id: a whole number, or text of 1 to ${MAX_ID_CHARACTERS} characters without control characters`,
    value,
  )
}

export function statusOf(value: unknown, name: string): OrderStatus {
  if (isOrderStatus(value)) return value
  throw invalid(
    name,
    `one of ${ORDER_STATUSES.join(', ')}, or a status that is mapped to one of them`,
    value,
  )
}

export function currencyOf(value: unknown, name: string): string {
  if (typeof value === 'string' && /^[A-Za-z]{3}$/.test(value)) return value.toUpperCase()
  throw invalid(name, 'a currency of ISO 4217, such as EUR', value)
}

/** At least `min`, and small enough to be counted exactly. */
export function wholeNumberOf(value: unknown, min: number, name: string): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number) && (number as number) >= min) return number as number
  throw invalid(name, `a whole number from ${min}`, value)
}

const digitsByCurrency = new Map<string, number>()

/** Digits after the point. `currency` is three capital letters. */
export function digitsOf(currency: string): number {
  let digits = digitsByCurrency.get(currency)
  if (digits === undefined) {
    digits = minorDigits(currency)
    digitsByCurrency.set(currency, digits)
  }
  return digits
}

/** What a double says beyond its decimal, as a share of it and at least as a share of the unit. */
const NOISE = 2 ** -50
const LEAST_NOISE = 1e-6
/** Doubles tell decimals of up to 15 digits apart. */
const EXACT_UP_TO = 999_999_999_999_999

/**
 * The integer of the minor unit that a decimal of the major unit stands for: `12.5`, 2 → 1250. The
 * noise of binary fractions (`37.480000000000004`) is none of its digits; a real part of a minor unit
 * is refused.
 */
export function amountOf(value: unknown, digits: number, name: string): number {
  const amount = typeof value === 'number' ? ofNumber(value, digits) : ofText(value, digits)
  if (Number.isSafeInteger(amount)) return amount
  throw invalid(
    name,
    `a decimal of the major unit with at most ${digits} digits after the point`,
    value,
  )
}

function ofNumber(value: number, digits: number): number {
  const exact = value * 10 ** digits
  const amount = Math.round(exact)
  if (Math.abs(amount) > EXACT_UP_TO && !Number.isInteger(value)) throw new Inexact()
  const noise = Math.max(LEAST_NOISE, Math.abs(amount) * NOISE)
  // Adding 0 makes the 0 of a negative zero.
  return Math.abs(exact - amount) <= noise ? amount + 0 : NaN
}

function ofText(value: unknown, digits: number): number {
  const match = typeof value === 'string' ? /^(-?)(\d{1,16})(?:\.(\d{1,20}))?$/.exec(value) : null
  if (!match) return NaN
  const [, sign = '', whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(digits))) return NaN
  return Number(`${sign}${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`) + 0
}

const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
/** Numbers below this are seconds or nonsense: in milliseconds it is March 1973. */
const EARLIEST_MS = 1e11
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** ISO 8601 (UTC unless it names a zone) or milliseconds since the epoch → ISO 8601 in UTC. */
export function timeOf(value: unknown, name: string): string {
  const ms =
    typeof value === 'string' && !/^\d{12,}$/.test(value) ? msOfText(value) : msOfNumber(value)
  if (!Number.isNaN(ms)) return new Date(ms).toISOString()
  throw invalid(name, 'a time: ISO 8601, or milliseconds since the epoch', value)
}

function msOfNumber(value: unknown): number {
  const ms = Math.trunc(Number(value))
  return typeof value !== 'object' && ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : NaN
}

function msOfText(value: string): number {
  const match = TIME.exec(value)
  if (!match) return NaN
  const [, day = '', time = '00:00', zone = 'Z'] = match
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Some days are taken for those after them: the 30th of February.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return NaN
  return Date.parse(`${day}T${time.replace(',', '.')}${zoneOf(zone)}`)
}

/** `z`, `+01`, `+0130`, `+01:30` → as `Date.parse` reads them. */
function zoneOf(zone: string): string {
  if (zone.length === 1) return 'Z'
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}

/** Text as every store can hold it: a NUL or half a character becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}')
}

export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number') return String(value)
  throw invalid(name, 'text', value)
}
