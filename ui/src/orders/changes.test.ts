import { expect, test } from 'bun:test'
import type { OrderChange } from '../../../server/protocol/order'
import { byDay, isPlacing, reachedAt, whoOf } from './changes'

function change(version: number, at: string, more: Partial<OrderChange> = {}): OrderChange {
  return { version, status: 'pending', at, by: 'alice', ...more }
}

test('changes of one day stand together, in their order', () => {
  // Without a zone they are of the reader's own, whichever that is.
  const changes = [
    change(4, '2026-03-02T00:10:00'),
    change(3, '2026-03-01T23:50:00'),
    change(2, '2026-03-01T00:10:00'),
    change(1, '2026-02-01T00:10:00'),
  ]
  const days = byDay(changes).map((day) => day.changes.map(({ version }) => version))
  expect(days).toEqual([[4], [3, 2], [1]])
  expect(byDay([])).toEqual([])
})

test('readers are told of themselves as such, and customers that it was the shop', () => {
  const alice = { subject: 'alice', staff: false }
  const sam = { subject: 'sam', staff: true }
  const placed = change(1, '2026-03-01T00:00:00Z')
  expect(whoOf(placed, alice)).toBe('you')
  expect(whoOf(placed, sam)).toBe('alice')
  expect(whoOf({ ...placed, by: 'staff' }, alice)).toBe('the shop')
  expect(whoOf({ ...placed, by: 'staff' }, sam)).toBe('staff')
})

test('a first version is the placing only where nothing else became of it yet', () => {
  expect(isPlacing(change(1, ''))).toBe(true)
  expect(isPlacing(change(1, '', { status: 'shipped' }))).toBe(false)
  expect(isPlacing(change(2, ''))).toBe(false)
})

test('a status is reached when it came first', () => {
  const history = [
    change(1, 'a'),
    change(2, 'b', { status: 'shipped' }),
    change(3, 'c', { status: 'shipped' }),
  ]
  expect(reachedAt(history, 'shipped')).toBe('b')
  expect(reachedAt(history, 'delivered')).toBeUndefined()
  expect(reachedAt(undefined, 'pending')).toBeUndefined()
})
