import { expect, test } from 'bun:test'
import { entityTag, matches, parseIfMatch } from './precondition'

test.each([
  ['"1"', [1]],
  [' "1" ', [1]],
  ['"1","2" , "3"', [1, 2, 3]],
  ['*', 'any'],
  // Weak tags match nothing in a strong comparison, and so do tags of something else.
  ['W/"1"', []],
  ['W/"1", "2"', [2]],
  ['"", "abc", "01", "1.0", "-1", "1,2"', []],
] as const)('%s is read', (header, expected) => {
  expect(parseIfMatch(header)).toEqual(expected)
})

test.each(['', ' ', '1', '"1', '1"', '"1" "2"', '"1",', ',"1"', '"1", *', '**', 'w/"1"', '"a b"'])(
  '%j is no list of entity tags',
  (header) => {
    expect(parseIfMatch(header)).toBe('malformed')
  },
)

test('a version matches its own tag only', () => {
  const own = parseIfMatch(entityTag(7))
  expect(matches(own, 7)).toBe(true)
  expect(matches(own, 8)).toBe(false)
  expect(matches('any', 8)).toBe(true)
  expect(matches([], 8)).toBe(false)
})
