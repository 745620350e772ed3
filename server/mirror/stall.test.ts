import { expect, test } from 'bun:test'
import { createLogger } from '../lib/logger'
import { Outage } from '../lib/outage'
import { Stall } from './stall'
import { Counters } from './stats'

const INFO = 30

function watched() {
  const lines: { readonly level: number; readonly msg: string }[] = []
  const logger = createLogger('debug', (line) => void lines.push(JSON.parse(line)))
  const counters = new Counters()
  const said = () => lines.filter(({ level }) => level >= INFO).map(({ msg }) => msg)
  return { said, logger, counters, stall: new Stall('orders-0', counters, logger) }
}

test('a stall is said when it begins, when its reason changes, and when it ends', () => {
  const { said, stall } = watched()
  stall.begin(new Error('a'), 'stands still')
  stall.begin(new Error('a'), 'stands still')
  stall.begin(new Error('b'), 'stands still')
  expect(stall.since).not.toBeNull()
  stall.end()
  stall.end()
  expect(said()).toEqual(['stands still', 'stands still', 'it goes on'])
  expect(stall.since).toBeNull()
})

test('an outage that is told already is not said once more by each partition', () => {
  const { said, logger, counters, stall } = watched()
  const outage = new Outage({ service: 'Redis', place: 'here', meanwhile: 'updates wait', logger })
  const error = new Error('out of reach')
  outage.failed(error)
  stall.begin(error, 'stands still')
  expect(counters.lastError).toBe('out of reach')
  expect(stall.since).not.toBeNull()
  stall.end()
  expect(said()).toEqual(['Redis is out of reach: updates wait'])
})
