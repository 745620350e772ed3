import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka } from './kafka'
import { freePorts, LOOPBACK } from './ports'
import { postgresUrl, startPostgres } from './postgres'
import type { TestStack } from './test-stack'

/** Holds Kafka and PostgreSQL for tests: says where they are, and ends them when its input ends. */

/** Nothing in there is worth a wait for the disk. */
const NOT_DURABLE = ['fsync=off', 'full_page_writes=off']
/** What lives for minutes only starts faster so. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1']

const folder = await mkdtemp(join(tmpdir(), 'orderwire-stack-'))
// PostgreSQL may run as a user of its own.
await chmod(folder, 0o711)
const [port = 0, controllerPort = 0, postgresPort = 0] = await freePorts(3)
const starts = await Promise.allSettled([
  startKafka({
    ...{ folder: join(folder, 'kafka'), port, controllerPort, jvm: SHORT_LIVED },
    say: console.error,
  }),
  startPostgres({ folder: join(folder, 'postgres'), port: postgresPort, settings: NOT_DURABLE }),
])
const failures = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : []))
if (failures.length === 0) {
  const stack: TestStack = {
    broker: `${LOOPBACK}:${port}`,
    postgresUrl: postgresUrl(postgresPort),
  }
  console.log(JSON.stringify(stack))
  for await (const _ of process.stdin) continue
}
for (const failure of failures) console.error(failure instanceof Error ? failure.message : failure)
await Promise.all(
  starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value.kill()] : [])),
)
await rm(folder, { recursive: true, force: true })
process.exit(failures.length > 0 ? 1 : 0)
