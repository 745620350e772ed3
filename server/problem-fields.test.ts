import { describe, expect, test } from 'bun:test'
import { t } from 'elysia'
import { describeFailure, describeSchema, fieldOf } from './problem-fields'

describe('what a field expects, in words', () => {
  test.each<[schema: object, words: string | null]>([
    [t.Integer({ minimum: 1, maximum: 99 }), 'a whole number from 1 to 99'],
    [t.Integer({ minimum: 1 }), 'a whole number of at least 1'],
    [t.Numeric({ maximum: 5 }), 'a number of at most 5'],
    [t.Number(), 'a number'],
    [t.Union([t.Literal('a'), t.Literal('b')]), 'one of a, b'],
    [t.UnionEnum(['x', 'y']), 'one of x, y'],
    [t.Literal('on'), '"on"'],
    [t.String(), 'a text'],
    [t.String({ minLength: 1, maxLength: 1 }), 'a text of 1 character'],
    [t.String({ minLength: 2 }), 'a text of at least 2 characters'],
    [t.String({ maxLength: 80 }), 'a text of at most 80 characters'],
    [t.String({ pattern: '^[A-Z]{2}$' }), 'a text that matches ^[A-Z]{2}$'],
    [t.String({ format: 'uuid' }), 'a text in the form of uuid'],
    [t.Array(t.String(), { minItems: 1, maxItems: 50 }), 'a list of 1 to 50 items'],
    [t.Object({}), 'an object'],
    [t.Boolean(), 'true or false'],
    [t.Union([t.String(), t.Null()]), 'a text or null'],
    [t.Any(), null],
  ])('%j', (schema, words) => {
    expect(describeSchema(schema)).toBe(words)
  })
})

describe('the sentence', () => {
  const schema = t.String()

  test('says that a value is missing', () => {
    const failure = { path: '/name', message: 'Expected required property', schema }
    expect(describeFailure(failure, 'name')).toBe('name is missing: expected a text.')
  })

  test('never repeats the value', () => {
    const failure = { path: '/name', message: 'Expected string', schema, value: 'hunter2' }
    expect(describeFailure(failure, 'name')).toBe('name: expected a text.')
  })

  test('says that a member is not known', () => {
    const failure = { path: '/admin', message: 'Unexpected property', schema: t.Never(), value: 1 }
    expect(describeFailure(failure, 'admin')).toBe('admin is not a member that is known here.')
  })

  test('falls back on the validator for what has no words', () => {
    const failure = { path: '/x', message: 'Expected Date', schema: {}, value: 1 }
    expect(describeFailure(failure, 'x')).toBe('x: expected Date.')
  })
})

test.each([
  ['', 'body', 'body'],
  ['/name', 'body', 'name'],
  ['/items/0/quantity', 'body', 'items[0].quantity'],
  ['/items/10', 'body', 'items[10]'],
])('the field of %j in %s is %s', (path, part, field) => {
  expect(fieldOf(path, part)).toBe(field)
})
