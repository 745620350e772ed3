import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { cursors, entryIds, tags } from '../testing/arbitraries'
import { compareIds, formatCursor, parseCursor } from './cursor'

describe('parseCursor', () => {
  test('reads what formatCursor wrote', () => {
    fc.assert(
      fc.property(entryIds, tags, (id, tag) => {
        expect(parseCursor(formatCursor(id, tag))).toEqual({ id, tag })
      }),
    )
  })

  test('accepts one spelling of a place only', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), cursors), (text) => {
        const parts = parseCursor(text)
        if (parts) expect(formatCursor(parts.id, parts.tag)).toBe(text)
      }),
    )
  })

  const HOSTILE: readonly string[] = [
    '',
    '.',
    '1',
    '1.',
    '.00c0ffee',
    '1.00c0ffe',
    '1.00c0ffee0',
    '1.00C0FFEE',
    '1.00c0ffeg',
    ' 1.00c0ffee',
    '1.00c0ffee\n',
    '1.00c0ffee\n1.00c0ffee',
    '1.00c0ffee ',
    '01.00c0ffee',
    '+1.00c0ffee',
    '-1.00c0ffee',
    '1e3.00c0ffee',
    '0x1.00c0ffee',
    '1-.00c0ffee',
    '1-01.00c0ffee',
    '1-2-3.00c0ffee',
    '1-*.00c0ffee',
    '$.00c0ffee',
    '+.00c0ffee',
    '(1.00c0ffee',
    '1.5.00c0ffee',
    '١.00c0ffee',
    '1.00c0ffee\u0000',
    '9007199254740993.00c0ffee',
    `${'9'.repeat(400)}.00c0ffee`,
    '1-9007199254740993.00c0ffee',
    'null',
    '__proto__',
  ]
  test.each(HOSTILE)('refuses %j', (text) => {
    expect(parseCursor(text)).toBeNull()
  })

  test.each(['0.00000000', '1.00c0ffee', '999999999999999.ffffffff', '1700000000000-3.0a0b0c0d'])(
    'accepts %j',
    (text) => {
      expect(parseCursor(text)).not.toBeNull()
    },
  )
})

describe('compareIds is a total order', () => {
  test('antisymmetric: swapping turns the sign', () => {
    fc.assert(
      fc.property(entryIds, entryIds, (a, b) => {
        expect(Math.sign(compareIds(a, b)) + Math.sign(compareIds(b, a))).toBe(0)
      }),
    )
  })

  test('transitive', () => {
    fc.assert(
      fc.property(entryIds, entryIds, entryIds, (a, b, c) => {
        if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0)
          expect(compareIds(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('tells ids apart, up to the greatest that a cursor can hold', () => {
    const digits = fc.bigInt({ min: 0n, max: 999_999_999_999_999n })
    fc.assert(
      fc.property(digits, digits, (a, b) => {
        const expected = a < b ? -1 : a > b ? 1 : 0
        expect(Math.sign(compareIds(`${a}`, `${b}`))).toBe(expected)
        expect(Math.sign(compareIds(`7-${a}`, `7-${b}`))).toBe(expected)
      }),
    )
  })

  test.each([
    ['2', '10'],
    ['9-9', '10-0'],
    ['10-2', '10-10'],
  ])('%s is older than %s: numbers, not text', (older, newer) => {
    expect(compareIds(older, newer)).toBeLessThan(0)
  })
})
