import { describe, expect, test } from 'bun:test'
import type { Order } from '../../../server/protocol/order'
import { createVirtualClock, settled } from '../../client/testing/virtual-clock'
import { createHeldChanges, HOLD_MS, PAUSE_MS } from './held-changes'
import type { Outcome, WantedChange } from './status-changes'

const wanted = (orderId: string, seenVersion = 1): WantedChange => ({
  orderId,
  seenVersion,
  status: 'shipped',
})
const order = (orderId: string, version: number) => ({ orderId, version }) as Order

/** Answers come when the test gives them. */
function setUp() {
  const clock = createVirtualClock()
  const sent: { wanted: WantedChange; answer: (outcome: Outcome) => void }[] = []
  const told: string[] = []
  const changes = createHeldChanges(
    {
      send(one) {
        const { promise, resolve } = Promise.withResolvers<Outcome>()
        sent.push({ wanted: one, answer: resolve })
        return promise
      },
      onOutcome: ({ orderId }, { kind }) => void told.push(`${orderId} ${kind}`),
    },
    clock,
  )
  async function answer(index: number, outcome: Outcome): Promise<void> {
    sent[index]!.answer(outcome)
    await settled()
  }
  const kinds = () => changes.open().map((one) => `${one.wanted.orderId} ${one.state.kind}`)
  const sentIds = () => sent.map((one) => one.wanted.orderId)
  return { clock, sent, sentIds, told, changes, answer, kinds }
}

describe('held', () => {
  test('for five seconds, then sent with the version that was seen', async () => {
    const { changes, clock, sent, kinds, answer, told } = setUp()
    changes.hold([wanted('a', 7)])
    await clock.advance(HOLD_MS - 1)
    expect(sent).toEqual([])
    expect(kinds()).toEqual(['a held'])
    await clock.advance(1)
    expect(sent.map((one) => one.wanted)).toEqual([wanted('a', 7)])
    expect(kinds()).toEqual(['a sending'])
    await answer(0, { kind: 'changed', order: order('a', 8) })
    expect(kinds()).toEqual([])
    expect(told).toEqual(['a changed'])
  })

  test('what is taken back is never sent', async () => {
    const { changes, clock, sentIds } = setUp()
    changes.hold([wanted('a'), wanted('b')])
    await clock.advance(1_000)
    changes.hold([wanted('c')])
    changes.undo()
    expect(changes.groups().map((group) => group.changes.length)).toEqual([2])
    changes.undo(changes.groups()[0]!.id)
    await clock.advance(HOLD_MS * 2)
    expect(sentIds()).toEqual([])
    changes.undo()
    expect(changes.open()).toEqual([])
  })

  test('a second choice for an order replaces the first, and has five seconds of its own', async () => {
    const { changes, clock, sent } = setUp()
    changes.hold([wanted('a'), wanted('b')])
    await clock.advance(4_000)
    changes.hold([{ ...wanted('a'), status: 'cancelled', reason: 'Out of stock' }])
    await clock.advance(4_000)
    expect(sent.map((one) => one.wanted.orderId)).toEqual(['b'])
    await clock.advance(1_000)
    expect(sent[1]!.wanted).toMatchObject({ status: 'cancelled', reason: 'Out of stock' })
  })

  test('while the reader is on them, then for their full time again', async () => {
    const { changes, clock, sentIds } = setUp()
    changes.hold([wanted('a')])
    changes.hold([wanted('b')])
    const [a, b] = changes.groups()
    await clock.advance(4_000)
    changes.pause(a!.id)
    expect(changes.groups()[0]!.dueAt).toBe(clock.now() + PAUSE_MS)
    await clock.advance(HOLD_MS * 2)
    expect(sentIds()).toEqual(['b'])
    changes.resume(a!.id)
    expect(changes.groups()[0]!.dueAt).toBe(clock.now() + HOLD_MS)
    await clock.advance(HOLD_MS)
    expect(sentIds()).toEqual(['b', 'a'])
    // What is sent already is not sent once more by whoever leaves it then.
    changes.resume(b!.id)
    await clock.advance(HOLD_MS * 2)
    expect(sentIds()).toEqual(['b', 'a'])
  })

  test('one that the reader stays on for good is sent all the same', async () => {
    const { changes, clock, sentIds } = setUp()
    changes.hold([wanted('a')])
    changes.pause(changes.groups()[0]!.id)
    await clock.advance(PAUSE_MS)
    expect(sentIds()).toEqual(['a'])
  })

  test('one on its way is not sent twice', async () => {
    const { changes, clock, sentIds } = setUp()
    changes.hold([wanted('a')])
    await clock.advance(HOLD_MS)
    changes.hold([wanted('a')])
    await clock.advance(HOLD_MS)
    changes.undo()
    expect(sentIds()).toEqual(['a'])
  })
})

test('of many, four are on their way at once', async () => {
  const { changes, clock, sentIds, answer } = setUp()
  changes.hold(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => wanted(id)))
  await clock.advance(HOLD_MS)
  expect(sentIds()).toEqual(['a', 'b', 'c', 'd'])
  await answer(1, { kind: 'changed', order: order('b', 2) })
  expect(sentIds()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a page that goes away sends all at once, also what waits for others', async () => {
  const { changes, clock, sentIds } = setUp()
  changes.hold(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => wanted(id)))
  await clock.advance(HOLD_MS)
  changes.hold([wanted('g'), wanted('h')])
  changes.sendNow()
  expect(sentIds().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  await clock.advance(HOLD_MS * 2)
  expect(sentIds()).toHaveLength(8)
})

test('very many are held, taken back and sent without a walk through all of them for each', () => {
  const { changes, sentIds } = setUp()
  const many = Array.from({ length: 20_000 }, (_, index) => wanted(`${index}`))
  changes.hold(many)
  changes.undo()
  expect(changes.open()).toEqual([])
  changes.hold(many)
  changes.sendNow()
  expect(changes.open().every(({ state }) => state.kind === 'sending')).toBe(true)
  expect(sentIds()).toHaveLength(200)
})

describe('a page that goes away sends no more at once than browsers let outlive it', () => {
  const many = Array.from({ length: 300 }, (_, index) => wanted(`${index}`))

  test('of many changes: the others follow as they always do', async () => {
    const { changes, sent, sentIds, answer } = setUp()
    changes.hold(many)
    changes.sendNow()
    expect(sentIds()).toHaveLength(200)
    changes.sendNow()
    expect(sentIds()).toHaveLength(200)
    for (let index = 0; index < sent.length; index++) {
      await answer(index, { kind: 'changed', order: order(`${index}`, 2) })
    }
    expect(sentIds()).toEqual(many.map(({ orderId }) => orderId))
    expect(changes.open()).toEqual([])
  })

  test('of long reasons', () => {
    const { changes, sent } = setUp()
    const reason = 'ß'.repeat(500)
    changes.hold(many.map((one) => ({ ...one, status: 'cancelled' as const, reason })))
    changes.sendNow()
    const bytes = Buffer.byteLength(JSON.stringify({ status: 'cancelled', reason })) * sent.length
    expect(bytes).toBeLessThan(60 * 1024)
    expect(sent.length).toBeGreaterThan(40)
  })
})

describe('a conflict', () => {
  async function conflict() {
    const all = setUp()
    all.changes.hold([wanted('a', 1)])
    await all.clock.advance(HOLD_MS)
    await all.answer(0, { kind: 'conflict', order: order('a', 4), by: 'kim' })
    return all
  }

  test('stays until somebody decides', async () => {
    const { changes, clock, sent } = await conflict()
    await clock.advance(HOLD_MS * 10)
    expect(sent).toHaveLength(1)
    expect(changes.of('a')?.state).toMatchObject({ kind: 'conflict', by: 'kim' })
    changes.drop('a')
    expect(changes.open()).toEqual([])
  })

  test('applied anyway, it is made to the version that was shown beside it', async () => {
    const { changes, sent, answer } = await conflict()
    changes.sendAgain('a')
    expect(sent[1]!.wanted.seenVersion).toBe(4)
    await answer(1, { kind: 'conflict', order: order('a', 5), by: null })
    changes.sendAgain('a')
    expect(sent[2]!.wanted.seenVersion).toBe(5)
  })

  test('is replaced by another choice', async () => {
    const { changes, kinds } = await conflict()
    changes.hold([wanted('a', 4)])
    expect(kinds()).toEqual(['a held'])
  })
})

test('what could not be sent waits for another attempt, with the same version', async () => {
  const { changes, clock, sent, answer, kinds } = setUp()
  changes.hold([wanted('a', 3)])
  await clock.advance(HOLD_MS)
  changes.drop('a')
  await answer(0, { kind: 'failed', error: new Error('gone') })
  expect(kinds()).toEqual(['a failed'])
  changes.sendAgain('a')
  expect(sent[1]!.wanted).toEqual(wanted('a', 3))
  await answer(1, { kind: 'already', order: order('a', 4) })
  expect(kinds()).toEqual([])
})
