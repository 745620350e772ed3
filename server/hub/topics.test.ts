import { expect, test } from 'bun:test'
import { nameOf, Topics } from './topics'

test('a topic lives as long as it has a subscriber', () => {
  const topics = new Topics()
  const first = topics.join({ name: 'orders', customer: 'alice' })
  const second = topics.join({ name: 'orders', customer: 'alice' })
  expect(second).toBe(first)
  first.last = '5.aaaaaaaa'
  topics.leave(first)
  expect(topics.of('alice')).toMatchObject({ customer: 'alice', last: '5.aaaaaaaa' })
  expect(nameOf(first)).toBe('user:alice')
  topics.leave(first)
  expect(topics.of('alice')).toBeUndefined()
  expect(topics.size).toBe(0)
})

test('no customer is mistaken for staff', () => {
  const topics = new Topics()
  const staff = topics.join({ name: 'admin' })
  for (const customer of ['', 'null', 'admin', 'admin:dashboard', 'dashboard']) {
    const topic = topics.join({ name: 'orders', customer })
    expect(topic).not.toBe(staff)
    expect(nameOf(topic)).not.toBe(nameOf(staff))
  }
})

test('each topic has its turn once an interval, spread over it, whoever comes and goes', () => {
  const topics = new Topics()
  const all = Array.from({ length: 1_000 }, (_, at) =>
    topics.join({ name: 'orders', customer: `c${at}` }),
  )
  const turns = new Map(all.map((topic) => [topic, 0]))
  for (let step = 0; step < 300; step++) {
    const due = [...topics.due(100, 10_000)]
    expect(due.length).toBeLessThanOrEqual(11)
    for (const topic of due) turns.set(topic, turns.get(topic)! + 1)
  }
  for (const count of turns.values()) expect(count).toBe(3)

  for (const topic of all.slice(0, 999)) topics.leave(topic)
  const alone = Array.from({ length: 210 }, () => [...topics.due(100, 10_000)]).flat()
  expect(alone).toEqual([all[999]!, all[999]!])
})

test('a timer that stood still does not send anybody two heartbeats at once', () => {
  const topics = new Topics()
  for (const customer of ['a', 'b', 'c']) topics.join({ name: 'orders', customer })
  expect([...topics.due(3_600_000, 10_000)]).toHaveLength(3)
})
