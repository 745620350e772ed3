import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { splitFrames } from '../protocol/frames'
import { chainOf } from '../testing/log-entries'
import { joinTexts, replayTexts, runsOf, textBytes } from './texts'

const objects = fc.array(
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => JSON.stringify({ text })),
)

describe('joined texts', () => {
  test('hold the same objects in the same order, and no more bytes than allowed', () => {
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 200 }), (list, maxBytes) => {
        const texts = joinTexts(list, maxBytes)
        expect(texts.flatMap(splitFrames)).toEqual(list)
        for (const text of texts) {
          expect(Buffer.byteLength(text) <= maxBytes || !text.includes('\n')).toBe(true)
        }
      }),
    )
  })

  test('are as few as that allows', () => {
    expect(joinTexts(['{"a":1}', '{"b":2}', '{"c":3}'], 16)).toEqual([
      '{"a":1}\n{"b":2}',
      '{"c":3}',
    ])
  })

  test('are small beside what may be buffered', () => {
    expect(textBytes(1_048_576)).toBe(65_536)
    expect(textBytes(262_144)).toBe(32_768)
  })
})

test('a replay echoes the cursor that the client has, so that a cut in between loses nothing', () => {
  const parts = {
    channel: 'orders',
    cursor: '5.aaaaaaaa',
    last: null,
    events: ['{"id":"6"}'],
  } as const
  const texts = replayTexts({ ...parts, to: '9.bbbbbbbb', lastAtEnd: '6.cccccccc' }, 10_000)
  expect(texts.flatMap(splitFrames).map((line) => JSON.parse(line))).toEqual([
    {
      event: 'subscribed',
      data: { channel: 'orders', cursor: '5.aaaaaaaa', last: null, recovered: true },
    },
    { id: '6' },
    {
      event: 'caught-up',
      data: { channel: 'orders', cursor: '9.bbbbbbbb', last: '6.cccccccc', replayed: 1 },
    },
  ])
})

describe('runs that are published in one tick', () => {
  const drafts = fc.array(
    fc.record({
      kind: fc.constantFrom('event', 'beat', 'gap', 'revoke'),
      customer: fc.constant('alice'),
      data: fc.string({ maxLength: 300 }).map((text) => JSON.stringify(text)),
    }),
  )

  test('are all entries in order; what ends subscriptions ends its run', () => {
    fc.assert(
      fc.property(drafts, fc.integer({ min: 1, max: 2_000 }), (list, maxBytes) => {
        const entries = chainOf(list)
        const runs = [...runsOf(entries, maxBytes)].map((run) => run.entries)
        expect(runs.flat()).toEqual(entries)
        for (const run of runs) {
          expect(run.length).toBeGreaterThan(0)
          const ending = run.findIndex(({ kind }) => kind === 'gap' || kind === 'revoke')
          expect([-1, run.length - 1]).toContain(ending)
          const bytes = run.map((one) => (one.kind === 'event' ? one.event.data.length : 0))
          const events = bytes.filter((size) => size > 0)
          expect(events.length < 2 || events.reduce((a, b) => a + b) <= maxBytes).toBe(true)
        }
      }),
    )
  })
})
