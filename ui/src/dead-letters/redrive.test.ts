import { expect, test } from 'bun:test'
import type { DeadLetter } from '../api'
import { Problem } from '../problem'
import { createRedrive } from './redrive'

const letter = (id: string, second: number) =>
  ({ id, at: `2026-01-01T00:00:0${second}Z` }) as DeadLetter

function setUp(
  failures: Readonly<Record<string, Problem>> = {},
  whileAsked: (id: string) => void = () => undefined,
) {
  const asked: (readonly [string, boolean])[] = []
  const sent: string[] = []
  const redriveDeadLetter = async (id: string, again: boolean) => {
    asked.push([id, again])
    whileAsked(id)
    if (failures[id]) throw failures[id]
    return { id, topic: 'order.created', redrivenAt: '2026-01-01T00:01:00.000Z' }
  }
  const redrive = createRedrive({ redriveDeadLetter }, (id) => void sent.push(id))
  return { redrive, asked, sent }
}

const problem = (status: number) => new Problem({ status, code: 'x', detail: 'x' })

test('the oldest go first, and one that is refused does not hold up the others', async () => {
  const { redrive, asked, sent } = setUp({ '0@2': problem(409) })
  await redrive.start([letter('0@3', 3), letter('0@2', 2), letter('1@0', 1)], false)
  expect(asked).toEqual([
    ['1@0', false],
    ['0@2', false],
    ['0@3', false],
  ])
  expect(sent).toEqual(['1@0', '0@3'])
  expect(redrive.outcomes().map(({ error }) => error !== null)).toEqual([false, true, false])
  expect(redrive.status()).toBe('done')
})

test('where nobody takes them the others stay', async () => {
  const { redrive, asked } = setUp({ '0@1': problem(503) })
  await redrive.start([letter('0@1', 1), letter('0@2', 2)], true)
  expect(asked).toEqual([['0@1', true]])
  expect(redrive.total() - redrive.outcomes().length).toBe(1)
  expect(redrive.status()).toBe('done')
})

test('who stops it is told of those that went, also of the one that was on its way', async () => {
  const { redrive, asked, sent } = setUp({}, (id) => {
    if (id === '0@2') redrive.stop()
  })
  redrive.stop()
  expect(redrive.status()).toBe('asking')
  await redrive.start([letter('0@1', 1), letter('0@2', 2), letter('0@3', 3)], false)
  expect(asked.map(([id]) => id)).toEqual(['0@1', '0@2'])
  expect(sent).toEqual(['0@1', '0@2'])
  expect(redrive.outcomes()).toHaveLength(2)
  expect(redrive.status()).toBe('done')
})
