import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { KafkaRecord } from '../kafka/kafka'
import { encodeOrderRecord } from '../outbox/order-record'
import { serializeOrder, serializeStaffOnly } from '../orders/order-event'
import type { Order } from '../protocol/order'
import { freeOrders, orderAt } from '../testing/arbitraries'
import { createNormalize, type Normalized } from './normalize'
import { foreignRecord, mirrorSettings, ownRecord, relayHeaders, TOPICS } from './testing/records'

const normalizeOwn = createNormalize(mirrorSettings())

function normalize(record: KafkaRecord, topic = TOPICS.created): Normalized {
  return normalizeOwn(topic, `${topic}-0`, record)
}

function reasonOf(normalized: Normalized): string {
  return normalized.kind === 'dead' ? `${normalized.reason}: ${normalized.detail}` : normalized.kind
}

/** A record of ours whose JSON was changed. */
function changed(change: (order: Record<string, unknown>) => void): KafkaRecord {
  const order = JSON.parse(encodeOrderRecord(orderAt('a', 1))) as Record<string, unknown>
  change(order)
  return ownRecord(orderAt('a', 1), { value: Buffer.from(JSON.stringify(order)) })
}

const amounts = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.maxSafeNat(),
  fc.maxSafeNat().map((amount) => -amount),
)
const members = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }), {
  maxKeys: 3,
  noNullPrototype: true,
})

/** Every shape that an order of ours can have, also one that another service once had. */
const wholeOrders: fc.Arbitrary<Order> = fc
  .record({
    order: freeOrders,
    buyerId: fc.option(fc.string({ minLength: 1 }), { nil: null }),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'USD'),
    amounts: fc.tuple(amounts, amounts, amounts, amounts, amounts),
    isAddressKnown: fc.boolean(),
    more: fc.record(
      {
        buyerEmail: fc.string(),
        cancelledAt: fc.constant('2026-03-01T00:00:00.000Z'),
        reason: fc.string({ unit: 'binary' }),
      },
      { requiredKeys: [] },
    ),
    beyond: fc.record({ extra: members, internal: members }, { requiredKeys: [] }),
  })
  .map(({ order, amounts: [unitPrice, sum, subtotal, tax, total], isAddressKnown, ...rest }) => ({
    ...order,
    buyerId: rest.buyerId,
    items: order.items.map((item) => ({ ...item, unitPrice, total: sum })),
    currency: rest.currency,
    subtotal,
    tax,
    total,
    ...(!isAddressKnown && { shippingAddress: null }),
    ...rest.more,
    ...rest.beyond,
  }))
  // JSON knows no -0, and a number beyond doubles stands in no order that was stored as JSON.
  .map((order) => JSON.parse(JSON.stringify(order)) as Order)

describe('a record of our own', () => {
  test('comes out byte for byte as REST answers the order, whatever the order', () => {
    fc.assert(
      fc.property(wholeOrders, (order) => {
        fc.pre(!serializeOrder(order).includes('"__proto__":'))
        expect(normalize(ownRecord(order))).toEqual({
          kind: 'own',
          event: {
            name: 'created',
            customer: order.buyerId,
            data: serializeOrder(order),
            staffOnly: serializeStaffOnly(order),
          },
        })
      }),
      { numRuns: 1_000 },
    )
  })

  test('is named by its topic', () => {
    const names = Object.values(TOPICS).map((topic) => {
      const normalized = normalize(ownRecord(orderAt('a', 2)), topic)
      return normalized.kind === 'own' ? normalized.event.name : normalized
    })
    expect(names).toEqual(['created', 'updated', 'cancelled'])
  })

  test('is one line, however it was written', () => {
    const order = { ...orderAt('a', 1), reason: 'one\ntwo\r\n\u2028three' }
    const value = Buffer.from(JSON.stringify(JSON.parse(encodeOrderRecord(order)), null, 2))
    const normalized = normalize(ownRecord(order, { value }))
    expect(normalized).toMatchObject({ kind: 'own', event: { data: serializeOrder(order) } })
    expect(serializeOrder(order)).not.toContain('\n')
  })

  test('keeps the members of a newer version of the order, in their place', () => {
    const record = changed((order) => {
      order.giftNote = { text: 'for you' }
    })
    expect(normalize(record)).toMatchObject({
      event: {
        data: serializeOrder({ ...orderAt('a', 1), giftNote: { text: 'for you' } } as Order),
      },
    })
  })

  test.each<[string, (order: Record<string, unknown>) => void, RegExp]>([
    ['no order id', (o) => delete o.orderId, /^invalid: orderId is missing: expected text\.$/],
    ['a number for an id', (o) => (o.orderId = 5), /^invalid: orderId is 5: expected text/],
    ['no owner', (o) => delete o.buyerId, /^invalid: buyerId is missing/],
    ['an unknown status', (o) => (o.status = 'lost'), /^invalid: status is "lost"/],
    ['no version', (o) => delete o.version, /^invalid: version is missing/],
    ['version 0', (o) => (o.version = 0), /^invalid: version is 0: expected a whole number from 1/],
    ['a time in words', (o) => (o.createdAt = 'today'), /^invalid: createdAt is "today"/],
    ['a time without a zone', (o) => (o.updatedAt = '2026-01-01'), /^invalid: updatedAt/],
    ['half a cent', (o) => (o.total = 0.005), /^invalid: total is 0.005: .*at most 2 digits/],
    ['no tax', (o) => delete o.tax, /^invalid: tax is missing/],
    ['no items', (o) => (o.items = {}), /^invalid: items is an object: expected a list/],
    [
      'an item of text',
      (o) => (o.items = ['x']),
      /^invalid: items\[0\] is "x": expected an object/,
    ],
    [
      'an item without price',
      (o) => delete (o.items as [{ unitPrice?: 1 }])[0].unitPrice,
      /items\[0\].unitPrice is missing/,
    ],
    [
      'half a piece',
      (o) => ((o.items as [{ quantity: number }])[0].quantity = 0.5),
      /items\[0\].quantity is 0.5/,
    ],
    ['a lower case currency', (o) => (o.currency = 'eur'), /^invalid: currency is "eur"/],
    [
      'an address of text',
      (o) => (o.shippingAddress = 'here'),
      /^invalid: shippingAddress is "here"/,
    ],
    [
      'an address without a city',
      (o) => delete (o.shippingAddress as { city?: 1 }).city,
      /shippingAddress.city is missing/,
    ],
    ['internal that is no object', (o) => (o.internal = 'x'), /^invalid: internal is "x"/],
  ])('with %s is a dead letter', (_what, change, reason) => {
    expect(reasonOf(normalize(changed(change)))).toMatch(reason)
  })

  test('with a member called __proto__ is a dead letter, text about one is not', () => {
    const text = (json: string) => ownRecord(orderAt('a', 1), { value: Buffer.from(json) })
    const json = encodeOrderRecord(orderAt('a', 1))
    const spoilt = json.replace('"orderId"', '"\\u005f_proto__":{"admin":true},"orderId"')
    expect(reasonOf(normalize(text(spoilt)))).toMatch(/^invalid: A member is called __proto__/)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    const order = { ...orderAt('a', 1), reason: '{"__proto__":1}' }
    expect(reasonOf(normalize(ownRecord(order)))).toBe('own')
  })
})

test.each<[string, KafkaRecord['headers'], string]>([
  ['names us', relayHeaders(), 'own'],
  [
    'names us, and has the id of a row, as from Debezium',
    { ...relayHeaders(), id: Buffer.from('018f') },
    'own',
  ],
  ['names another source', { ce_source: Buffer.from('/shop') }, 'foreign'],
  ['names nobody', { id: Buffer.from('1') }, 'foreign'],
])('a record that %s', (_what, headers, expected) => {
  const reason = reasonOf(normalize(ownRecord(orderAt('a', 1), { headers })))
  expect(reason).toStartWith(expected)
  if (expected === 'foreign')
    expect(reason).toContain('expected the header ce_source with the value orderwire')
})

describe('bytes', () => {
  test.each<[string, Buffer | string, RegExp]>([
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /^not_json: The value is not UTF-8/],
    ['empty', '', /^not_json: The value is empty: expected a JSON object/],
    ['cut off', '{"orderId":"a"', /^not_json: The value is not JSON \(/],
    ['two values', '{}{}', /^not_json/],
    ['a raw line feed in a text', '{"orderId":"a\nb"}', /^not_json/],
    ['a list', '[]', /^invalid: The value is a list: expected an object/],
    ['null', 'null', /^invalid: The value is null/],
    ['JSON within a string', JSON.stringify('{"orderId":"a"}'), /JSON within a string\?/],
    ['deep lists', '['.repeat(200_000) + ']'.repeat(200_000), /^invalid: /],
    ['deep objects', '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000), /^(invalid|foreign): /],
  ])('%s', (_what, value, reason) => {
    expect(reasonOf(normalize(foreignRecord(value, { headers: relayHeaders() })))).toMatch(reason)
  })

  test('of an order with a very deep member are a dead letter', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const value = encodeOrderRecord(orderAt('a', 1)).replace('{', `{"deep":${deep},`)
    expect(reasonOf(normalize(ownRecord(orderAt('a', 1), { value: Buffer.from(value) })))).toMatch(
      /^(invalid|too_big): /,
    )
  })

  test('any bytes at all come out as something', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(json)),
    )
    const normalizeForeign = createNormalize(mirrorSettings({ orders: 'off' }))
    fc.assert(
      fc.property(anything, fc.boolean(), (value, isOwn) => {
        const record = foreignRecord(value, { headers: isOwn ? relayHeaders() : {} })
        const normalized = isOwn
          ? normalize(record)
          : normalizeForeign('order.created', 'p-0', record)
        expect(['dead', 'foreign']).toContain(normalized.kind)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of the same member twice: the last one counts, and one comes out', () => {
    const json = encodeOrderRecord(orderAt('a', 1)).replace('{', '{"status":"nonsense",')
    const normalized = normalize(ownRecord(orderAt('a', 1), { value: Buffer.from(json) }))
    expect(normalized.kind === 'own' && normalized.event.data.match(/"status"/g)).toHaveLength(1)
    expect(normalized).toMatchObject({ event: { data: expect.stringContaining('"pending"') } })
  })

  test('none at all: a tombstone', () => {
    expect(normalize(foreignRecord('', { value: null }))).toEqual({ kind: 'tombstone' })
  })
})

test('an event is measured as the one line that it becomes, in UTF-8', () => {
  const order = { ...orderAt('a', 1), reason: 'ä'.repeat(100) }
  const bytes = Buffer.byteLength(serializeOrder(order))
  const at = (maxEventBytes: number, value: string) =>
    reasonOf(
      createNormalize(mirrorSettings({ maxEventBytes }))(
        'order.created',
        'p-0',
        ownRecord(order, { value: Buffer.from(value) }),
      ),
    )
  const pretty = JSON.stringify(JSON.parse(encodeOrderRecord(order)), null, 8)
  expect(at(bytes, pretty)).toBe('own')
  expect(at(bytes - 1, encodeOrderRecord(order))).toBe(
    `too_big: The event has ${bytes} bytes: expected at most ${bytes - 1}.`,
  )
})

describe('one topic for all', () => {
  const one = createNormalize(
    mirrorSettings({
      topics: {
        kind: 'one',
        name: 'orders',
        typeHeader: 'kind',
        types: new Map([
          ['OrderPlaced', 'created'],
          ['order.cancelled', 'cancelled'],
        ]),
      },
    }),
  )
  const kindOf = (kind?: string) =>
    one('orders', 'orders-0', {
      ...ownRecord(orderAt('a', 1)),
      headers: { ...relayHeaders(), ...(kind !== undefined && { kind: Buffer.from(kind) }) },
    })

  test('the configured header tells the kind', () => {
    expect(kindOf('OrderPlaced')).toMatchObject({ event: { name: 'created' } })
    expect(kindOf('order.cancelled')).toMatchObject({ event: { name: 'cancelled' } })
  })

  test('what it does not tell is a dead letter', () => {
    expect(reasonOf(kindOf('Refunded'))).toBe(
      'unknown_type: The header kind is "Refunded": expected one of OrderPlaced, order.cancelled.',
    )
    expect(reasonOf(kindOf())).toMatch(/^unknown_type: The header kind is missing/)
  })
})
