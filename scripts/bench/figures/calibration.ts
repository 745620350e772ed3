import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren } from '../lib/children'
import { sampleFrame, sampleOrder } from '../lib/payload'
import type { LoadCommands } from '../load'
import type { BlasterCommands } from '../servers/blaster'
import type { Case } from './fan-out-run'

/** Bytes to each socket: seconds of work, so that starting and ending do not count. */
const BYTES_EACH = 4_000_000

/**
 * Deliveries a second that the generator reads from a server that only writes prepared bytes, in
 * frames of this case.
 */
export function calibrate(bench: Bench, which: Case): Promise<number> {
  return withChildren(async (keep) => {
    const load = keep(await spawnBench<LoadCommands>('load.ts'))
    const blaster = keep(await spawnBench<BlasterCommands>('servers/blaster.ts'))
    await load.ask('connect', {
      protocol: 'orderwire',
      port: await blaster.ask('port'),
      secret: SECRET,
      channel: 'admin',
      subjects: bench.scale.boardSockets,
      firstSubject: 0,
      socketsEach: 1,
    })
    await load.ask('readDirectly')
    const together = which.audience === 'board' ? which.eventsPerTick : 1
    const orders = Array.from({ length: together }, (_, index) =>
      sampleOrder(index, 'customer-00001'),
    )
    const before = await load.ask('counters')
    const frames = await blaster.ask('blast', sampleFrame('admin', 100_000, orders), BYTES_EACH)
    const expected = frames * together * bench.scale.boardSockets
    for (;;) {
      const { deliveries, at } = await load.ask('counters')
      if (deliveries - before.deliveries >= expected) return (expected / (at - before.at)) * 1_000
      await Bun.sleep(10)
    }
  })
}
