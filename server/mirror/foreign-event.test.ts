import { describe, expect, test } from 'bun:test'
import type { ForeignEvent } from '../orders/projection'
import type { EventName } from '../protocol/frames'
import { createNormalize, type Normalized } from './normalize'
import type { MirrorSettings } from './settings'
import { foreignRecord, mirrorSettings, TOPICS } from './testing/records'

interface Options {
  readonly name?: EventName
  readonly settings?: Partial<MirrorSettings>
}

function normalize(value: unknown, { name = 'updated', settings = {} }: Options = {}): Normalized {
  const topic = TOPICS[name]
  const normalizeForeign = createNormalize(mirrorSettings({ orders: 'off', ...settings }))
  return normalizeForeign(topic, `${topic}-3`, foreignRecord(value))
}

function event(value: unknown, options: Options = {}): ForeignEvent {
  const normalized = normalize(value, options)
  if (normalized.kind !== 'foreign') throw new Error(JSON.stringify(normalized))
  return normalized.event
}

function reason(value: unknown, options: Options = {}): string {
  const normalized = normalize(value, options)
  return normalized.kind === 'dead' ? `${normalized.reason}: ${normalized.detail}` : normalized.kind
}

const CREATED = {
  orderId: 1001,
  userId: 77,
  items: [{ productId: 5, name: 'Pen', quantity: 2, price: 1.25 }],
  subtotal: 2.5,
  tax: '0.48',
  total: '2.98',
  status: 'pending',
  shippingAddress: {
    name: 'Ann',
    line1: 'Street 1',
    city: 'Delft',
    postalCode: 2611,
    country: 'nl',
  },
  createdAt: '2026-01-01T10:00:00+01:00',
  updatedAt: 1_767_258_000_000,
}

describe('another service’s event', () => {
  test('of a created order, in plain JSON', () => {
    expect(event(CREATED, { name: 'created' })).toEqual({
      name: 'created',
      orderId: '1001',
      fields: {
        buyerId: '77',
        items: [{ productId: '5', name: 'Pen', quantity: 2, unitPrice: 125, total: 250 }],
        subtotal: 250,
        tax: 48,
        total: 298,
        status: 'pending',
        shippingAddress: {
          name: 'Ann',
          line1: 'Street 1',
          city: 'Delft',
          postalCode: '2611',
          country: 'NL',
        },
        createdAt: '2026-01-01T09:00:00.000Z',
        updatedAt: '2026-01-01T09:00:00.000Z',
      },
      extra: {},
      stamp: {
        version: null,
        time: Date.UTC(2026, 0, 1, 9),
        name: 'created',
        source: 'order.created-3@7',
      },
    })
  })

  test('says what it says and nothing else; null says nothing', () => {
    const partial = event({ orderId: 'a', status: 'shipped', reason: null, userId: null })
    expect(partial.fields).toEqual({ status: 'shipped' })
    expect(partial.extra).toEqual({})
  })

  test.each<[string, EventName, Record<string, unknown>, number]>([
    ['updatedAt', 'updated', { updatedAt: 1_767_258_000_000 }, 1_767_258_000_000],
    ['cancelledAt', 'cancelled', { cancelledAt: 1_767_258_000_000 }, 1_767_258_000_000],
    ['the record', 'updated', {}, 1_700_000_000_000],
  ])('is stamped with the time of %s', (_what, name, times, time) => {
    expect(event({ orderId: 'a', ...times }, { name }).stamp).toEqual({
      version: null,
      time,
      name,
      source: `order.${name}-3@7`,
    })
  })

  test('is stamped with its version where it has one', () => {
    expect(event({ orderId: 'a', version: 0 }).stamp.version).toBe(0)
    expect(event({ orderId: 'a', version: '12' }).stamp.version).toBe(12)
    expect(event({ orderId: 'a', version: null }).stamp.version).toBeNull()
    expect(reason({ orderId: 'a', version: 1.5 })).toMatch(/^invalid: version is 1.5/)
  })

  test('keeps what it does not know, apart from the order', () => {
    const unknown = { fraudScore: 0.7, gift: { text: 'hi', list: [1, null] }, nothing: null }
    expect(event({ orderId: 'a', ...unknown }).extra).toEqual(unknown)
    const items = [
      { productId: 'p', quantity: 1, price: 1, costPrice: 0.4 },
      { productId: 'q', quantity: 1, price: 1 },
    ]
    const shippingAddress = { city: 'Delft', phone: '12' }
    const { fields, extra } = event({ orderId: 'a', items, shippingAddress })
    expect(extra).toEqual({ items: [{ costPrice: 0.4 }, null], shippingAddress: { phone: '12' } })
    expect(JSON.stringify(fields)).not.toContain('costPrice')
    expect(fields.shippingAddress).toEqual({
      name: '',
      line1: '',
      city: 'Delft',
      postalCode: '',
      country: '',
    })
  })

  test('cannot reach a prototype', () => {
    const json =
      '{"orderId":"a","__proto__":{"x":1},"note":{"__proto__":{"x":1},"y":2},"constructor":{"z":3}}'
    const { extra } = event(json)
    expect(JSON.stringify(extra)).toBe('{"note":{"y":2},"constructor":{"z":3}}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('keeps every digit of its ids, and of the numbers that it does not explain', () => {
    const { orderId, fields, extra } = event(
      '{"orderId":9007199254740993,"userId":18446744073709551615,"ref":9007199254740995,"n":5}',
    )
    expect([orderId, fields.buyerId]).toEqual(['9007199254740993', '18446744073709551615'])
    expect(extra).toEqual({ ref: '9007199254740995', n: 5 })
  })

  test('has no character that a store cannot hold', () => {
    const { fields, extra } = event(
      '{"orderId":"a","reason":"a\\u0000b\\ud83d","note":["\\u0000"],"k\\u0000":1}',
    )
    expect(fields.reason).toBe('a\u{FFFD}b\u{FFFD}')
    expect(extra).toEqual({ note: ['\u{FFFD}'], 'k\u{FFFD}': 1 })
  })

  test('has amounts in its own currency, else in the shop’s', () => {
    expect(event({ orderId: 'a', total: 500, currency: 'jpy' }).fields).toEqual({
      total: 500,
      currency: 'JPY',
    })
    expect(event({ orderId: 'a', total: 5 }).fields).toEqual({ total: 500 })
    expect(
      event({ orderId: 'a', total: '1.234' }, { settings: { currency: 'KWD' } }).fields,
    ).toEqual({ total: 1234 })
  })

  test.each<[string, EventName, Record<string, unknown>, RegExp]>([
    ['no order', 'updated', { status: 'shipped' }, /^invalid: orderId is missing: expected an id/],
    ['a line feed in an id', 'updated', { orderId: 'a\nb' }, /^invalid: orderId is "a\\nb"/],
    [
      'an unknown status',
      'updated',
      { orderId: 'a', status: 'PAID' },
      /^invalid: status is "PAID": expected one of pending, .*mapped/,
    ],
    [
      'seconds',
      'updated',
      { orderId: 'a', updatedAt: 1_767_258_000 },
      /^invalid: updatedAt is 1767258000: expected a time/,
    ],
    ['part of a cent', 'updated', { orderId: 'a', total: 1.234 }, /^invalid: total is 1.234/],
    [
      'a currency by its sign',
      'updated',
      { orderId: 'a', currency: '€' },
      /^invalid: currency is "€"/,
    ],
    [
      'an address of text',
      'updated',
      { orderId: 'a', shippingAddress: 'x' },
      /^invalid: shippingAddress is "x"/,
    ],
    [
      'a reason that is a list',
      'cancelled',
      { orderId: 'a', reason: ['x'] },
      /^invalid: reason is a list: expected text/,
    ],
    ['items that are none', 'updated', { orderId: 'a', items: 'x' }, /^invalid: items is "x"/],
    [
      'no piece',
      'updated',
      { orderId: 'a', items: [{ productId: 1, quantity: 0, price: 1 }] },
      /^invalid: items\[0\].quantity is 0/,
    ],
    [
      'an item without a price',
      'updated',
      { orderId: 'a', items: [{ productId: 1, quantity: 1 }] },
      /^invalid: items\[0\].unitPrice is missing/,
    ],
    [
      'no total',
      'created',
      { ...CREATED, total: undefined },
      /^invalid: total is missing: expected it in every event of created orders/,
    ],
    ['no items', 'created', { ...CREATED, items: null }, /^invalid: items is missing/],
  ])('with %s is a dead letter', (_what, name, value, expected) => {
    expect(reason(value, { name })).toMatch(expected)
  })

  test('that is nested too deeply or too long is a dead letter', () => {
    const deep = `{"orderId":"a","x":${'['.repeat(40)}${']'.repeat(40)}}`
    expect(reason(deep)).toMatch(/^invalid: The value is nested too deeply/)
    const settings = { maxEventBytes: 1_024 }
    expect(reason({ orderId: 'a', x: 'x'.repeat(900) }, { settings })).toBe('foreign')
    expect(reason({ orderId: 'a', x: 'ä'.repeat(900) }, { settings })).toMatch(/^too_big: /)
  })
})

describe('names by configuration', () => {
  const fields = new Map([
    ['customer_ref', 'buyerId'],
    ['state', 'status'],
    ['sku', 'productId'],
    ['zip', 'postalCode'],
    ['kind', 'nonsense'],
  ])
  const statuses = new Map([
    ['PAID', 'processing' as const],
    ['3', 'shipped' as const],
  ])
  const options = { settings: { fields, statuses } }

  test('rename members, at each level that has them', () => {
    const items = [{ sku: 'p', quantity: 1, price: 1 }]
    const value = {
      orderId: 'a',
      customer_ref: 7,
      state: 'PAID',
      items,
      shippingAddress: { zip: '1' },
      sku: 'top',
      kind: 1,
    }
    const { fields: read, extra } = event(value, options)
    expect(read).toMatchObject({
      buyerId: '7',
      status: 'processing',
      items: [{ productId: 'p' }],
      shippingAddress: { postalCode: '1' },
    })
    expect(extra).toEqual({ sku: 'top', kind: 1 })
  })

  test('win over ours, and ours over what is accepted; who loses is kept', () => {
    const value = {
      userId: 'u',
      orderId: 'a',
      buyerId: 'b',
      customer_ref: 'c',
      status: 'raw',
      state: 'shipped',
    }
    const { fields: read, extra } = event(value, options)
    expect(read).toEqual({ buyerId: 'c', status: 'shipped' })
    expect(extra).toEqual({ userId: 'u', buyerId: 'b', status: 'raw' })
    expect(event({ ...value, customer_ref: null }, options).fields).toMatchObject({ buyerId: 'b' })
  })

  test('map statuses, also those that are numbers', () => {
    expect(event({ orderId: 'a', state: 3 }, options).fields).toEqual({ status: 'shipped' })
    expect(event({ orderId: 'a', state: 'pending' }, options).fields).toEqual({ status: 'pending' })
  })

  test('are the record’s own in the sentence of a dead letter', () => {
    expect(reason({ orderId: 'a', state: 'GONE' }, options)).toMatch(/^invalid: state is "GONE"/)
  })
})
