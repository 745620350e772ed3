import type { DeadLetterReason } from './dead-letter'

/** Why a record yields no event. Thrown where it is found out, caught where the record came in. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
  constructor(
    readonly reason: DeadLetterReason,
    /** One sentence for people: what was wrong and what was expected. */
    detail: string,
  ) {
    super(detail)
  }
}

/** What a part of a record throws, said of the record: `items[0].quantity`, not `quantity`. */
export function inside(path: string, error: unknown): unknown {
  return error instanceof Unfit ? new Unfit(error.reason, `${path}.${error.message}`) : error
}

/** `field` is called as the record calls it. */
export function invalid(field: string, expected: string, found: unknown): Unfit {
  return new Unfit(
    'invalid',
    `${field} ${found === undefined ? 'is missing' : `is ${shown(found)}`}: expected ${expected}.`,
  )
}

const SHOWN_CHARACTERS = 60

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}
