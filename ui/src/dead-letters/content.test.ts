import { expect, test } from 'bun:test'
import { contentOf, lineOf } from './content'

test('JSON gets a member a line, and keeps its numbers', () => {
  expect(contentOf('{"total":1e2,"id":12345678901234567890}')).toEqual({
    kind: 'json',
    text: '{\n  "total": 1e2,\n  "id": 12345678901234567890\n}',
  })
})

test('what is no JSON stays as it is, with characters that nobody would see', () => {
  expect(contentOf('{"total":\u0000\n1')).toEqual({ kind: 'text', text: '{"total":␀\n1' })
  expect(contentOf('12').kind).toBe('text')
})

test('bytes that are no text are base64', () => {
  expect(contentOf({ base64: '//8=' })).toEqual({ kind: 'base64', text: '//8=' })
  expect(lineOf('{"a":1}').text).toBe('{"a":1}')
})
