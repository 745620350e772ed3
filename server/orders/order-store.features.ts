import { afterEach, beforeEach, describe } from 'bun:test'
import { commandFeatures } from './features/commands'
import type { Bench, OpenStore } from './features/fixtures'
import { openBench } from './features/fixtures'
import { idempotencyFeatures } from './features/idempotency'
import { listFeatures } from './features/lists'
import { productFeatures } from './features/products'
import { statisticsFeatures } from './features/statistics'

/** What every order store has to hold, whatever it is kept in. `open` makes a new, empty one. */
export function orderStoreFeatures(name: string, open: OpenStore): void {
  describe(`${name}: behaviour of an order store`, () => {
    let bench: Bench
    beforeEach(async () => {
      bench = await openBench(open)
    })
    afterEach(() => bench.cleanup())

    commandFeatures(() => bench)
    idempotencyFeatures(() => bench)
    listFeatures(() => bench)
    productFeatures(() => bench)
    statisticsFeatures(() => bench, open)
  })
}
