import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { AppError } from '../errors'

/** Both ends belong to it. */
export interface Range {
  readonly fallback: number
  readonly min: number
  readonly max: number
}

export type SettingsReader = ReturnType<typeof createSettingsReader>

/**
 * Reads settings by name and keeps what is wrong with them, so that all of it can be told at once.
 * An empty value counts as not set. After a bad one the fallback stands in until `throwIfInvalid`.
 */
export function createSettingsReader(env: Readonly<Record<string, string | undefined>>) {
  const problems: string[] = []
  const optional = (name: string): string | null => env[name]?.trim() || null

  function number(name: string, range: Range, pattern: RegExp, kind: string): number {
    const given = optional(name)
    if (given === null) return range.fallback
    const value = Number(given)
    if (pattern.test(given) && value >= range.min && value <= range.max) return value
    problems.push(`${name} is "${given}": expected ${kind} from ${range.min} to ${range.max}.`)
    return range.fallback
  }

  function matching(
    name: string,
    fallback: string,
    expected: string,
    accepts: (value: string) => boolean,
    /** Its value may hold a password: it is not repeated. */
    secret = false,
  ): string {
    const given = optional(name)
    if (given === null || accepts(given)) return given ?? fallback
    problems.push(`${name} is ${secret ? 'not usable' : `"${given}"`}: expected ${expected}.`)
    return fallback
  }

  function items(name: string): string[] {
    return (optional(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  }

  return {
    optional,
    matching,
    text: (name: string, fallback: string) => optional(name) ?? fallback,
    integer: (name: string, range: Range) => number(name, range, /^\d+$/, 'a whole number'),
    decimal: (name: string, range: Range) => number(name, range, /^\d+(\.\d+)?$/, 'a number'),
    oneOf<const Value extends string>(
      name: string,
      fallback: Value,
      values: readonly Value[],
    ): Value {
      const accepts = (value: string) => (values as readonly string[]).includes(value)
      return matching(name, fallback, `one of ${values.join(', ')}`, accepts) as Value
    },
    /** Comma-separated; `accepts` answers the item in its normal form, or null. */
    list(name: string, expected: string, accepts: (item: string) => string | null): string[] {
      return items(name).flatMap((item) => {
        const accepted = accepts(item)
        if (accepted !== null) return [accepted]
        problems.push(`${name} contains "${item}": expected ${expected}, separated by commas.`)
        return []
      })
    },
    /** Comma-separated `theirs:ours`; `accepts` answers ours in its normal form, or null. */
    pairs<Value>(
      name: string,
      expected: string,
      accepts: (ours: string) => Value | null,
    ): ReadonlyMap<string, Value> {
      const pairs = new Map<string, Value>()
      for (const item of items(name)) {
        const colon = item.lastIndexOf(':')
        const ours = colon < 1 ? null : accepts(item.slice(colon + 1).trim())
        if (ours === null) {
          problems.push(`${name} contains "${item}": expected ${expected}, separated by commas.`)
        } else pairs.set(item.slice(0, colon).trim(), ours)
      }
      return pairs
    },
    /** The text of the file that the setting names, or null. */
    file(name: string): string | null {
      const path = optional(name)
      if (path === null) return null
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        problems.push(`${name} is "${path}": expected a file that can be read (${why}).`)
        return null
      }
    },
    invalid: (sentence: string) => void problems.push(sentence),
    throwIfInvalid() {
      if (problems.length > 0) throw new AppError('config_invalid', 500, problems.join('\n'))
    },
  }
}

/** The three below answer the item of a list in its normal form, or null. */
export function emailOf(item: string): string | null {
  return /^[^\s@]+@[^\s@]+$/.test(item) ? item.toLowerCase() : null
}

export function originOf(item: string): string | null {
  return isHttpUrl(item) && new URL(item).origin === item.toLowerCase() ? item.toLowerCase() : null
}

export function addressBlockOf(item: string): string | null {
  const [address = '', bits, ...rest] = item.split('/')
  const version = isIP(address)
  const widest = version === 6 ? 128 : 32
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest)
  return version !== 0 && fits && rest.length === 0 ? item : null
}

export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

export function isCurrency(value: string): boolean {
  return Intl.supportedValuesOf('currency').includes(value)
}

export function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}
