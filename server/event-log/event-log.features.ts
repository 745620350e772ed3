import { afterEach, beforeEach, describe } from 'bun:test'
import { appendFeatures } from './features/append'
import { chainFeatures } from './features/chain'
import type { LogUnderTest } from './features/fixtures'
import { historyFeatures } from './features/history'
import { replayFeatures } from './features/replay'
import { retentionFeatures } from './features/retention'
import {
  beatFeatures,
  committedFeatures,
  openFeatures,
  refillFeatures,
  type SharedLogUnderTest,
} from './features/shared'
import { tailFeatures } from './features/tail'

/** What every event log has to hold, whatever it is kept in. `open` makes a new, empty one. */
export function eventLogFeatures(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name}: behaviour of an event log`, () => {
    let under: LogUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.cleanup())

    appendFeatures(() => under.log)
    chainFeatures(() => under)
    replayFeatures(() => under, open)
    tailFeatures(() => under)
    historyFeatures(open)
  })
}

/** What a log that several processes share has to hold beyond that. `open` makes one nobody opened. */
export function sharedLogFeatures(name: string, open: () => Promise<SharedLogUnderTest>): void {
  describe(`${name}: behaviour of a shared log`, () => {
    let under: SharedLogUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.cleanup())

    openFeatures(() => under)
    refillFeatures(() => under)
    beatFeatures(() => under)
    committedFeatures(() => under)
    retentionFeatures(() => under)
  })
}
