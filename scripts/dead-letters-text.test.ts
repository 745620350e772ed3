import { expect, test } from 'bun:test'
import type { DeadLetterEntry } from '../server/mirror/dead-letters'
import { jsonOf, listOf, pageOf } from './dead-letters-text'

const ENTRY: DeadLetterEntry = {
  id: '0@17',
  at: Date.UTC(2026, 0, 31, 9, 30, 5),
  orderId: 'order-1',
  redrivenAt: null,
  letter: {
    source: { topic: 'order.created', partition: 2, offset: 5, timestamp: Date.UTC(2026, 0, 31) },
    reason: 'invalid',
    detail: 'total: expected an amount, not "x".',
    key: Buffer.from('order-1'),
    value: Buffer.from('{"orderId":"order-1","id":12345678901234567890,"total":12.50}'),
    headers: { ce_type: Buffer.from('order.created'), raw: Buffer.from([0, 255]) },
    valueBytes: 61,
    whole: true,
  },
}

function entry(letter: Partial<DeadLetterEntry['letter']>, more: Partial<DeadLetterEntry> = {}) {
  return { ...ENTRY, ...more, letter: { ...ENTRY.letter, ...letter } }
}

test('the page shows everything, JSON with its numbers as they came', () => {
  expect(pageOf(ENTRY)).toBe(
    `letter     0@17, 2026-01-31 09:30:05Z
reason     invalid: total: expected an amount, not "x".
source     order.created-2@5, 2026-01-31 00:00:00Z
order      order-1
sent back  never
key        order-1
headers    ce_type: order.created
           raw: base64 AP8=
value      61 bytes

{
  "orderId": "order-1",
  "id": 12345678901234567890,
  "total": 12.50
}`,
  )
})

test.each([
  ['text that is no JSON', Buffer.from('{"orderId":\n'), '{"orderId":\n'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe]), 'base64 //4='],
  ['text that steers a terminal', Buffer.from('\u001b[2J'), 'base64 G1sySg=='],
  ['JSON that steers a terminal', Buffer.from('"\u009b2J"'), '"\\u009b2J"'],
])('the page shows %s', (_, value, shown) => {
  expect(pageOf(entry({ value, valueBytes: value.length }))).toEndWith(`\n\n${shown}`)
})

test('the page tells what was cut, and what is not there', () => {
  const cut = pageOf(entry({ value: Buffer.from('{"ord'), valueBytes: 300_000, whole: false }))
  expect(cut).toContain('value      300000 bytes, of which 5 were kept')
  const none = pageOf(entry({ key: null, value: null, valueBytes: null, headers: {} }))
  expect(none).toContain('key        none\nheaders    none\nvalue      none')
})

test('the list has a line for each letter and one for what was wrong', () => {
  const other = entry(
    { reason: 'not_json', detail: 'line one\nline two \u001b[31m' },
    { id: '12@345', orderId: null, redrivenAt: Date.UTC(2026, 1, 1) },
  )
  expect(listOf([ENTRY, other])).toBe(
    `0@17    2026-01-31 09:30:05Z  invalid   order.created-2@5  order-1
    total: expected an amount, not "x".
12@345  2026-01-31 09:30:05Z  not_json  order.created-2@5  -        sent back 2026-02-01 00:00:00Z
    line one\\u000aline two \\u001b[31m`,
  )
})

test('for programs, bytes are text where they are some', () => {
  expect(jsonOf(ENTRY, true)).toMatchObject({
    id: '0@17',
    at: '2026-01-31T09:30:05.000Z',
    source: { topic: 'order.created', partition: 2, offset: 5, at: '2026-01-31T00:00:00.000Z' },
    key: 'order-1',
    headers: { ce_type: 'order.created', raw: { base64: 'AP8=' } },
    value: ENTRY.letter.value!.toString(),
    redrivenAt: null,
  })
  expect(jsonOf(ENTRY, false)).not.toHaveProperty('value')
  expect(jsonOf(entry({ key: null, value: null }), true)).toMatchObject({ key: null, value: null })
})
