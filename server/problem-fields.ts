/** What Elysia tells about the first value that did not fit its schema. */
export interface FieldFailure {
  /** JSON pointer from the root of the part (`/items/0/quantity`), `''` for the part itself. */
  readonly path: string
  readonly message: string
  readonly schema: unknown
  readonly value?: unknown
}

/** The part of JSON schema that routes use. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** `/items/0/quantity` → `items[0].quantity`; the part's name where the part as a whole is at fault. */
export function fieldOf(path: string, part: string): string {
  return path === ''
    ? part
    : path
        .slice(1)
        .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
        .replaceAll('/', '.')
}

/** One sentence: the field and what it expects, taken from the schema. */
export function describeFailure(failure: FieldFailure | undefined, field: string): string {
  const schema = isSchema(failure?.schema) ? failure.schema : {}
  const unexpected = failure?.message === 'Unexpected property'
  if (unexpected) return `${field} is not a member that is known here.`
  const missing = failure?.value === undefined ? `${field} is missing: ` : `${field}: `
  const fallback = failure?.message.replace(/^Expected /, '') ?? 'another value'
  return `${missing}expected ${describeSchema(schema) ?? fallback}.`
}

/** What a value must be, in words (`a whole number from 1 to 99`); null for what has no words. */
export function describeSchema(schema: Schema): string | null {
  const constants = schema.enum ?? constantsOf(schema.anyOf)
  if (constants !== null) return `one of ${constants.map(String).join(', ')}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const options = schema.anyOf ?? []
  // Elysia's t.Integer and t.Numeric: a number, or a text that holds one.
  const numeric = options.find(({ type }) => type === 'integer' || type === 'number')
  if (numeric) return describeSchema({ ...numeric, anyOf: undefined })
  if (options.length > 0) {
    const words = options.map(describeSchema)
    return words.includes(null) ? null : words.join(' or ')
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema.minimum, schema.maximum)}`
    case 'number':
      return `a number${range(schema.minimum, schema.maximum)}`
    case 'string':
      return describeText(schema)
    case 'array':
      return `a list${sized('item', schema.minItems, schema.maxItems)}`
    case 'boolean':
      return 'true or false'
    case 'object':
      return 'an object'
    case 'null':
      return 'null'
    default:
      return null
  }
}

function describeText({ format, pattern, minLength, maxLength }: Schema): string {
  if (format !== undefined) return `a text in the form of ${format}`
  const shape = pattern === undefined ? '' : ` that matches ${pattern}`
  return `a text${sized('character', minLength, maxLength)}${shape}`
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

function sized(unit: string, min: number | undefined, max: number | undefined): string {
  const plural = (count: number) => (count === 1 ? unit : `${unit}s`)
  if (min !== undefined && min === max) return ` of ${max} ${plural(max)}`
  if (min !== undefined && max !== undefined) return ` of ${min} to ${max} ${plural(max)}`
  if (min !== undefined) return ` of at least ${min} ${plural(min)}`
  return max === undefined ? '' : ` of at most ${max} ${plural(max)}`
}

function constantsOf(options: readonly Schema[] | undefined): readonly unknown[] | null {
  if (!options || options.length === 0) return null
  return options.every((option) => option.const !== undefined)
    ? options.map((option) => option.const)
    : null
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
