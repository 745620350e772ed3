import { expect, test } from 'bun:test'
import { createLogger } from './logger'
import { isTold, Outage } from './outage'

function watched(quietMs: number) {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('debug', (line) => void lines.push(JSON.parse(line)))
  const about = { service: 'Redis', place: 'here:1', meanwhile: 'updates wait', logger }
  return { lines, outage: new Outage(about, quietMs) }
}

test('an outage is told when it begins and when it ends, however many notice', () => {
  const { lines, outage } = watched(0)
  outage.works()
  expect(lines).toEqual([])
  const failures = [1, 2].map(
    (n) => new Error('cannot be used', { cause: new Error(`ECONNREFUSED ${n}`) }),
  )
  for (const failure of failures) outage.failed(failure)
  expect(lines).toMatchObject([
    {
      ...{ level: 40, place: 'here:1', why: 'ECONNREFUSED 1' },
      msg: 'Redis is out of reach: updates wait',
    },
  ])
  expect(JSON.stringify(lines)).not.toContain('stack')
  expect(failures.map(isTold)).toEqual([true, true])
  expect(isTold(new Error('another'))).toBe(false)
  for (let times = 0; times < 2; times++) outage.works()
  expect(lines.slice(1)).toMatchObject([{ level: 30, msg: 'Redis is within reach again' }])
  outage.failed(new Error('anew'))
  expect(lines).toHaveLength(3)
})

test('one that wavers is one', () => {
  const { lines, outage } = watched(60_000)
  for (let times = 0; times < 3; times++) {
    outage.failed(new Error('slow'))
    outage.works()
  }
  expect(lines).toHaveLength(1)
})

test('nothing is told once we are going', () => {
  const { lines, outage } = watched(0)
  outage.end()
  outage.failed(new Error('closed'))
  outage.works()
  expect(lines).toEqual([])
})
