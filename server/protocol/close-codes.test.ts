import { describe, expect, test } from 'bun:test'
import { CLOSE_CODES, closeCode } from './close-codes'

// RFC 6455 §7.4 and the IANA registry: what an endpoint may send or see, and the private range.
const REGISTERED = new Set([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013])
/** Never sent: what a client sees when the connection broke. */
const SEEN_ONLY = new Set([1006])

const rows = Object.entries(CLOSE_CODES)

test('no code has two rows', () => {
  expect(new Set(rows.map(([, row]) => row.code)).size).toBe(rows.length)
})

describe.each(rows)('%s', (_name, row) => {
  test('has a code that the WebSocket protocol allows', () => {
    const isPrivate = row.code >= 4000 && row.code <= 4999
    expect(isPrivate || REGISTERED.has(row.code) || SEEN_ONLY.has(row.code)).toBe(true)
  })

  test('has a reason that fits a close frame', () => {
    const bytes = new TextEncoder().encode(row.reason).length
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(123)
  })

  test('has a spread where it reconnects, and none where it does not', () => {
    expect(row.spreadMs > 0).toBe(row.reconnect !== 'never')
  })

  test('is found by its code', () => {
    expect(closeCode(row.code)).toBe(row)
  })
})

test.each([1005, 1011, 1015, 4000, 0, -1, Number.NaN])(
  '%p, which has no row, counts as a lost connection',
  (code) => {
    expect(closeCode(code)).toBe(CLOSE_CODES.abnormal)
  },
)
