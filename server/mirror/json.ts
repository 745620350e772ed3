import { isUtf8 } from 'node:buffer'
import { Unfit } from './unfit'

export type JsonObject = Record<string, unknown>

/**
 * Thrown by whoever meets a number that may have been rounded (an id of 64 bits, a very large
 * decimal): the record is then decoded once more, such numbers as the text that they were written in.
 */
export class Inexact extends Error {
  override readonly name = 'Inexact'
}

/** Below this a decimal with up to three digits after the point is told exactly by its double. */
const EXACT_BELOW = 1e9

/**
 * What `read` makes of the object that the bytes say. Throws `Unfit`.
 * @param read gets the object twice: as it is, and with the digits of its numbers where they matter
 */
export function readObject<T>(
  value: Buffer,
  read: (object: JsonObject, exact: JsonObject) => T,
): T {
  if (!isUtf8(value)) throw new Unfit('not_json', 'The value is not UTF-8: expected JSON in UTF-8.')
  const text = value.toString()
  try {
    const object = parseObject(text)
    return read(object, object)
  } catch (error) {
    if (!(error instanceof Inexact)) throw error
    return read(parseObject(text), parseObject(text, keepDigits))
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws Unfit where it is nested so deeply that it cannot be written */
export function toText(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw error
  }
}

export function tooDeep(): Unfit {
  return new Unfit('invalid', 'The value is nested too deeply: expected an order.')
}

type Reviver = (name: string, value: unknown, context?: { source?: string }) => unknown

function parseObject(text: string, reviver?: Reviver): JsonObject {
  const value = parse(text, reviver)
  if (isObject(value)) return value
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const hint = typeof value === 'string' && value.startsWith('{') ? ' (JSON within a string?)' : ''
  throw new Unfit('invalid', `The value is ${found}${hint}: expected an object.`)
}

function parse(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver) as unknown
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    if (!(error instanceof SyntaxError)) throw error
    const found = text.trim() === '' ? 'empty' : `not JSON (${error.message})`
    throw new Unfit('not_json', `The value is ${found}: expected a JSON object.`)
  }
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return Math.abs(value) < EXACT_BELOW ? value : (context?.source ?? value)
}
