import { expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import { ordersCsv } from './orders-csv'

function order(name: string, more: Partial<Order> = {}): Order {
  return {
    orderId: '01a20538-7a9b-7600-a149-a0745356abcd',
    buyerId: 'alice',
    items: [{ productId: 'cup', name: 'Cup', quantity: 2, unitPrice: 125, total: 250 }],
    currency: 'EUR',
    subtotal: 250,
    tax: 48,
    total: 298,
    status: 'pending',
    shippingAddress: {
      name,
      line1: '1 Street',
      city: 'Hamburg',
      postalCode: '01234',
      country: 'DE',
    },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-02T00:00:00.000Z',
    version: 1,
    ...more,
  }
}

const HEAD = ['a', 'b']
/** The cell of the customer's name. */
function name(text: string): string {
  const line = ordersCsv([], [order(text)]).slice('\uFEFF\r\n'.length)
  const from = line.indexOf('pending,') + 'pending,'.length
  return line.slice(from, line.indexOf(',,2 × Cup'))
}

test('a line an order, numbers of the major unit, and a mark that says UTF-8', () => {
  expect(ordersCsv(HEAD, [order('Émile')])).toBe(
    '\uFEFFa,b\r\n' +
      '5356ABCD,01a20538-7a9b-7600-a149-a0745356abcd,2026-01-01T00:00:00.000Z,' +
      '2026-01-02T00:00:00.000Z,pending,Émile,,2 × Cup,EUR,2.5,0.48,2.98,' +
      '1 Street,,01234,Hamburg,DE,\r\n',
  )
  expect(ordersCsv(HEAD, [])).toBe('\uFEFFa,b\r\n')
})

test('a currency without minor unit, an order without address', () => {
  const csv = ordersCsv([], [order('x', { currency: 'JPY', shippingAddress: null })])
  expect(csv).toContain(',pending,alice,,2 × Cup,JPY,250,48,298,,,,,,\r\n')
})

test.each([
  ['Miller, Alice', '"Miller, Alice"'],
  ['Alice "Al" Miller', '"Alice ""Al"" Miller"'],
  ['two\r\nlines', '"two\r\nlines"'],
  [' spaced ', '" spaced "'],
  ['semi;colon', '"semi;colon"'],
])('%j is quoted', (text, cell) => {
  expect(name(text)).toBe(cell)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+49 40', "'+49 40"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  [' =1', "' =1"],
  ['＝1', "'＝1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ["O'Neill", "O'Neill"],
  ['1-2', '1-2'],
])('%j is no formula', (text, cell) => {
  expect(name(text)).toBe(cell)
})
