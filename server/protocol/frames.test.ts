import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { cursors, freeOrders } from '../testing/arbitraries'
import {
  CHANNEL_NAMES,
  EVENT_NAMES,
  decodeClientFrame,
  encodeEventFrame,
  encodeFrame,
  joinFrames,
  splitFrames,
} from './frames'
import type { ClientFrame } from './frames'

const clientFrames: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.string({ minLength: 1 }).map((token) => ({ event: 'auth', data: { token } }) as const),
  fc
    .tuple(fc.constantFrom('subscribe:orders', 'subscribe:admin'), fc.option(fc.string()))
    .map(([event, cursor]) => ({ event, data: cursor === null ? {} : { cursor } }) as const),
  fc.constantFrom('unsubscribe:orders', 'unsubscribe:admin').map((event) => ({ event }) as const),
)

describe('decodeClientFrame', () => {
  test('decodes what encodeFrame wrote', () => {
    fc.assert(
      fc.property(clientFrames, (frame) => {
        expect(decodeClientFrame(encodeFrame(frame))).toEqual({ ok: true, frame })
      }),
    )
  })

  const TABLE: readonly (readonly [string, ClientFrame | RegExp])[] = [
    ['{"event":"auth","data":{"token":"t"}}', { event: 'auth', data: { token: 't' } }],
    // Newer clients may send more than this server knows.
    ['{"event":"auth","data":{"token":"t","x":1},"y":2}', { event: 'auth', data: { token: 't' } }],
    ['{"event":"subscribe:orders"}', { event: 'subscribe:orders', data: {} }],
    ['{"event":"subscribe:orders","data":{}}', { event: 'subscribe:orders', data: {} }],
    ['{"event":"subscribe:admin","data":{"cursor":null}}', { event: 'subscribe:admin', data: {} }],
    // Whether a cursor is one of ours is the log's question, not the decoder's.
    [
      '{"event":"subscribe:admin","data":{"cursor":"junk"}}',
      { event: 'subscribe:admin', data: { cursor: 'junk' } },
    ],
    ['{"event":"unsubscribe:orders"}', { event: 'unsubscribe:orders' }],
    ['{"event":"unsubscribe:admin","data":7}', { event: 'unsubscribe:admin' }],
    ['  {"event":"unsubscribe:admin"}\r', { event: 'unsubscribe:admin' }],

    ['', /JSON object/],
    ['nonsense', /JSON object/],
    ['null', /JSON object/],
    ['7', /JSON object/],
    ['"auth"', /JSON object/],
    ['["auth"]', /JSON object/],
    ['[]', /JSON object/],
    ['{"event":"auth"', /JSON object/],
    ['{"event":"auth"}{"event":"auth"}', /JSON object/],
    [`${'['.repeat(60_000)}`, /JSON object/],
    ['{}', /event must be one of auth, /],
    ['{"event":null}', /event must be/],
    ['{"event":7}', /event must be/],
    ['{"event":["auth"]}', /event must be/],
    ['{"event":"Auth"}', /event must be/],
    ['{"event":"toString"}', /event must be/],
    ['{"event":"__proto__"}', /event must be/],
    ['{"__proto__":{"event":"unsubscribe:admin"}}', /event must be/],
    ['{"event":"order:created","data":{}}', /event must be/],
    ['{"event":"auth"}', /data\.token/],
    ['{"event":"auth","data":null}', /data\.token/],
    ['{"event":"auth","data":"t"}', /data\.token/],
    ['{"event":"auth","data":{}}', /data\.token/],
    ['{"event":"auth","data":{"token":""}}', /data\.token/],
    ['{"event":"auth","data":{"token":7}}', /data\.token/],
    ['{"event":"auth","data":{"__proto__":{"token":"t"}}}', /data\.token/],
    ['{"event":"subscribe:orders","data":null}', /subscribe:orders: data must be an object/],
    ['{"event":"subscribe:orders","data":[]}', /data must be an object/],
    ['{"event":"subscribe:orders","data":"1.00c0ffee"}', /data must be an object/],
    ['{"event":"subscribe:admin","data":{"cursor":7}}', /subscribe:admin: data\.cursor/],
    ['{"event":"subscribe:admin","data":{"cursor":{}}}', /data\.cursor/],
    ['{"event":"subscribe:admin","data":{"cursor":["1.00c0ffee"]}}', /data\.cursor/],
  ]
  test.each(TABLE.map(([line, expected]) => [line.slice(0, 70), line, expected] as const))(
    '%s',
    (_shown, line, expected) => {
      const decoded = decodeClientFrame(line)
      if (!(expected instanceof RegExp)) expect(decoded).toEqual({ ok: true, frame: expected })
      else {
        expect(decoded.ok).toBe(false)
        expect(decoded.ok ? '' : decoded.message).toMatch(expected)
      }
    },
  )

  test('never throws, whatever arrives', () => {
    const almost = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            event: fc.oneof(fc.constantFrom('auth', 'subscribe:admin'), fc.anything()),
            data: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((value) => stringify(value)),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(almost, (line) => {
        const decoded = decodeClientFrame(line)
        if (!decoded.ok) expect(decoded.message).not.toBe('')
      }),
      { numRuns: 1_000 },
    )
  })

  test('an answer to a bad frame does not echo it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (secret) => {
        for (const value of [{ event: secret }, { event: 'auth', data: { tokn: secret } }]) {
          const decoded = decodeClientFrame(JSON.stringify(value))
          expect(decoded.ok ? secret : decoded.message).not.toContain(secret)
        }
      }),
    )
  })
})

function stringify(value: unknown): string {
  const bigints = (_key: string, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member
  return JSON.stringify(value, bigints) ?? 'undefined'
}

describe('framing', () => {
  test('one object a line: what was joined is split again', () => {
    const objects = fc.array(fc.json({ noUnicodeString: false }), { maxLength: 5 })
    fc.assert(
      fc.property(objects, (lines) => {
        expect(splitFrames(joinFrames(lines))).toEqual(lines)
      }),
    )
  })

  test.each([
    ['', []],
    ['\n', []],
    ['{}', ['{}']],
    ['{}\n', ['{}']],
    ['\n {}\n\n{}\r\n', [' {}', '{}\r']],
  ] as const)('%j', (text, lines) => {
    expect(splitFrames(text)).toEqual([...lines])
  })
})

describe('encodeEventFrame', () => {
  test('is the object that JSON.stringify would make, on one line', () => {
    const prevs = fc.oneof(fc.constant('' as const), cursors)
    const names = fc.tuple(fc.constantFrom(...CHANNEL_NAMES), fc.constantFrom(...EVENT_NAMES))
    fc.assert(
      fc.property(names, cursors, prevs, freeOrders, ([channel, name], id, prev, data) => {
        const text = encodeEventFrame(channel, name, id, prev, JSON.stringify(data))
        expect(text).not.toContain('\n')
        const event =
          channel === 'admin' ? (`admin:order:${name}` as const) : (`order:${name}` as const)
        expect(text).toBe(encodeFrame({ event, id, prev, data }))
      }),
    )
  })
})
