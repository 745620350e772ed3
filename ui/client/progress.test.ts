import { describe, expect, test } from 'bun:test'
import { afterCaughtUp, afterEvent, afterHeartbeat, afterSubscribed, decideEvent } from './progress'
import { RecentIds } from './recent-ids'

const none = new Set<string>()

describe('an event', () => {
  test('after the last one applied is applied', () => {
    expect(decideEvent('1', none, { id: '2', prev: '1' })).toBe('apply')
  })

  test('after none that the log holds is applied, whatever the last one was', () => {
    expect(decideEvent('1', none, { id: '9', prev: '' })).toBe('apply')
  })

  test('is applied where no last one is known', () => {
    expect(decideEvent(null, none, { id: '9', prev: '8' })).toBe('apply')
  })

  test('after one that did not arrive shows a hole', () => {
    expect(decideEvent('1', none, { id: '3', prev: '2' })).toBe('hole')
  })

  test('that was applied is a duplicate, also where its prev would match', () => {
    expect(decideEvent('2', none, { id: '2', prev: '1' })).toBe('duplicate')
    expect(decideEvent('2', new Set(['1']), { id: '1', prev: '' })).toBe('duplicate')
  })

  test('moves both values', () => {
    expect(afterEvent({ id: '2' })).toEqual({ cursor: '2', last: '2' })
  })
})

describe('subscribed', () => {
  test('of a resume moves nothing: the replay has not arrived yet', () => {
    const place = { cursor: '5', last: '3' }
    expect(afterSubscribed(place, { cursor: '9', last: '8' })).toEqual(place)
  })

  test('of a resume tells a client without one what came last', () => {
    const place = { cursor: '5', last: null }
    expect(afterSubscribed(place, { cursor: '5', last: '3' })).toEqual({ cursor: '5', last: '3' })
  })

  test('without a cursor starts from the node', () => {
    expect(afterSubscribed(null, { cursor: '5', last: '3' })).toEqual({ cursor: '5', last: '3' })
    expect(afterSubscribed(null, { cursor: null, last: null })).toBeNull()
  })
})

describe('caught-up', () => {
  test('moves the cursor past what is on no channel of ours', () => {
    const place = { cursor: '3', last: '3' }
    expect(afterCaughtUp(place, { cursor: '7', last: '3' })).toEqual({ cursor: '7', last: '3' })
    expect(afterCaughtUp(place, { cursor: '7', last: null })).toEqual({ cursor: '7', last: '3' })
  })

  test('tells a client without one what came last', () => {
    const place = { cursor: '3', last: null }
    expect(afterCaughtUp(place, { cursor: '7', last: '2' })).toEqual({ cursor: '7', last: '2' })
    expect(afterCaughtUp(null, { cursor: '7', last: null })).toEqual({ cursor: '7', last: null })
  })

  test('with another last event shows a hole', () => {
    expect(afterCaughtUp({ cursor: '3', last: '3' }, { cursor: '7', last: '6' })).toBe('hole')
  })
})

describe('a heartbeat', () => {
  const place = { cursor: '3', last: '3' }

  test('with the own last event, or none published here, moves the cursor', () => {
    expect(afterHeartbeat(place, { cursor: '7', last: '3' })).toEqual({ cursor: '7', last: '3' })
    expect(afterHeartbeat(place, { cursor: '7', last: null })).toEqual({ cursor: '7', last: '3' })
    const nothing = { cursor: '3', last: null }
    expect(afterHeartbeat(nothing, { cursor: '7', last: null })).toEqual({
      cursor: '7',
      last: null,
    })
  })

  test('with an event that did not arrive shows a hole', () => {
    expect(afterHeartbeat(place, { cursor: '7', last: '6' })).toBe('hole')
    expect(afterHeartbeat({ cursor: '3', last: null }, { cursor: '7', last: '6' })).toBe('hole')
  })
})

test('recent ids are the newest ones, a bounded number', () => {
  const ids = new RecentIds(2)
  for (const id of ['1', '2', '3']) ids.add(id)
  expect(['1', '2', '3'].map((id) => ids.has(id))).toEqual([false, true, true])
  ids.clear()
  expect(ids.has('3')).toBe(false)
})
