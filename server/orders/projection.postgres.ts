import { AppError } from '../errors'
import type { Checkpoint, OrderEvent, Partition } from '../event-log/event-log'
import type { PostgresDatabase } from '../lib/database.postgres'
import { KEY_KEPT_MS } from './idempotency'
import { sweep } from './order-statements.postgres'
import { addToStats } from './order-writes.postgres'
import type { ForeignRecord, Projection } from './projection'
import { ProjectionBatch, type BatchSettings, type BatchWrites } from './projection-batch'
import {
  addToMinutes,
  advanceCheckpoint,
  insertChanges,
  insertOrders,
  lockCheckpoint,
  lockOrders,
  readCheckpoints,
  setCheckpoint,
  updateOrders,
  updateWords,
} from './projection-statements.postgres'
import { createDayOf } from './shop'
import { minuteOf, MINUTES_SHOWN } from './statistics'

export interface ProjectionSettings {
  /** ISO 4217, of orders whose events name none. */
  readonly currency: string
  /** IANA name: where a day of the shop begins and ends. */
  readonly timeZone: string
  /** Members beyond those of an order that customers may see; staff see all. */
  readonly customerFields: readonly string[]
  /** Who made the changes, as the history tells it. */
  readonly by?: string
}

/** Records of one transaction: bounds how long it holds its locks, and how long it takes. */
const MAX_RECORDS = 500
/** Times that new orders may turn out to be placed by another worker, each time by others. */
const MAX_RACES = 20
const SWEEP_EVERY = 64

/** Folds foreign events into the tables of orders, which any number of workers do at the same time. */
export function openPostgresProjection(
  database: PostgresDatabase,
  { currency, timeZone, customerFields, by = 'order service' }: ProjectionSettings,
  now: () => Date = () => new Date(),
): Projection {
  const dayOf = createDayOf(timeZone)
  const settings = { currency, customerFields: new Set(customerFields), dayOf, by }
  return new PostgresProjection(database, settings, now)
}

/** Another worker placed an order that was new here: what was folded rests on nothing. */
class PlacedMeanwhile extends Error {}

class PostgresProjection implements Projection {
  #batches = 0

  constructor(
    private readonly database: PostgresDatabase,
    private readonly settings: BatchSettings,
    private readonly now: () => Date,
  ) {}

  checkpoints(): Promise<ReadonlyMap<Partition, Checkpoint>> {
    return this.database.query((sql) => readCheckpoints(sql))
  }

  async apply(
    partition: Partition,
    records: readonly ForeignRecord[],
    expected?: Checkpoint | null,
  ): Promise<readonly (OrderEvent | null)[]> {
    const events: (OrderEvent | null)[] = []
    let known = expected ?? null
    for (let from = 0; from < records.length; from += MAX_RECORDS) {
      const some = records.slice(from, from + MAX_RECORDS)
      events.push(...(await this.#applySome(partition, some, known)))
      known = some.at(-1)!
    }
    return events
  }

  reset(partition: Partition, checkpoint: Checkpoint | null): Promise<void> {
    return this.database.transact((tx) => setCheckpoint(tx, partition, checkpoint))
  }

  async #applySome(
    partition: Partition,
    records: readonly ForeignRecord[],
    expected: Checkpoint | null,
  ): Promise<readonly (OrderEvent | null)[]> {
    for (let races = 0; ; races++) {
      try {
        return await this.database.transact((tx) => this.#fold(tx, partition, records, expected))
      } catch (error) {
        if (!(error instanceof PlacedMeanwhile) || races === MAX_RACES) throw error
      }
    }
  }

  async #fold(
    tx: Bun.TransactionSQL,
    partition: Partition,
    records: readonly ForeignRecord[],
    expected: Checkpoint | null,
  ): Promise<readonly (OrderEvent | null)[]> {
    const orderIds = new Set(records.flatMap(({ event }) => (event ? [event.orderId] : [])))
    const [stored, known] = await Promise.all([
      lockCheckpoint(tx, partition),
      lockOrders(tx, [...orderIds]),
    ])
    if (hasForgotten(stored, expected, records)) throw rewind(partition)
    const batch = new ProjectionBatch(known, this.settings)
    const events = records.map(({ event }) => event && batch.fold(event))
    await this.#write(tx, batch.writes(this.now()))
    await advanceCheckpoint(tx, partition, records.at(-1)!)
    return events
  }

  /** What many orders share comes last, so that others wait for it as shortly as can be. */
  async #write(tx: Bun.TransactionSQL, writes: BatchWrites): Promise<void> {
    if (!(await insertOrders(tx, writes.placed))) throw new PlacedMeanwhile()
    // Sent at once and carried out one after the other.
    await Promise.all([
      updateOrders(tx, writes.changed),
      updateWords(tx, writes.reworded),
      insertChanges(tx, writes.history),
      addToStats(tx, writes.stats),
      addToMinutes(tx, writes.minutes),
    ])
    if (++this.#batches % SWEEP_EVERY === 0) {
      const at = this.now()
      const minutesBefore = minuteOf(at) - MINUTES_SHOWN
      await sweep(tx, { keptBefore: at.getTime() - KEY_KEPT_MS, minutesBefore })
    }
  }
}

/** Whether the tables hold less than the caller rests on, or another record in its place. */
function hasForgotten(
  stored: Checkpoint | null,
  expected: Checkpoint | null,
  records: readonly ForeignRecord[],
): boolean {
  if (expected && (!stored || stored.offset < expected.offset)) return true
  const same = [expected, ...records].find((record) => record && record.offset === stored?.offset)
  return !!same && same.fingerprint !== stored?.fingerprint
}

function rewind(partition: Partition): AppError {
  return new AppError(
    'projection_rewind',
    503,
    `The orders hold less of ${partition} than was written: expected to read on from their checkpoint.`,
    { temporary: true },
  )
}
