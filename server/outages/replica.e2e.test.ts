import { expect, test } from 'bun:test'
import { promoteReplicaWithout } from './testing/promotion'

/** `scripts/promotions` asks for more: `1-50` */
const [from, to] = (process.env.LOST_ENTRIES ?? '').split('-').map(Number)
const WANTED =
  from && to ? Array.from({ length: to - from + 1 }, (_, step) => from + step) : [1, 12]

test.each(WANTED)(
  'a replica that is promoted without the last entries: %i',
  async (entries) => {
    const { lost } = await promoteReplicaWithout(entries)
    expect(lost).toBeGreaterThanOrEqual(entries)
  },
  120_000,
)
