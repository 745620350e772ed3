import type { Database as Sqlite } from 'bun:sqlite'
import { differences } from './comparison'
import { countRows, insertRows, readRows, TABLES } from './tables'
import type { Table } from './tables'
import { setNumbers, takeForOurselves, whatStandsInTheWay, withoutWordIndex } from './target'

/** Rows of one statement. */
const BATCH_ROWS = 1_000

/** Told after each batch. */
export type OnProgress = (table: Table, moved: number, all: number) => void

/** Throws a sentence that names what stands in the way of a move; writes nothing. */
export async function checkMove(sql: Bun.SQL): Promise<void> {
  const obstacle = await whatStandsInTheWay(sql)
  if (obstacle !== null) throw new Error(obstacle)
}

/** Both sides were alike, and the answer to COMMIT was lost: whether it was carried out is not known. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}

/**
 * Moves a shop into a Postgres with its tables made, in one transaction, and compares both sides
 * before it is committed. Throws, and has changed nothing, where the target is in use, a text cannot
 * be kept, or the sides differ.
 */
export async function moveShop(
  sqlite: Sqlite,
  sql: Bun.SQL,
  onProgress: OnProgress,
): Promise<void> {
  let committing = false
  try {
    await sql.begin(async (tx) => {
      await moveWithin(sqlite, tx, onProgress)
      committing = true
    })
  } catch (cause) {
    throw committing ? new OutcomeUnknown('the answer to COMMIT was lost', { cause }) : cause
  }
}

async function moveWithin(
  sqlite: Sqlite,
  tx: Bun.TransactionSQL,
  onProgress: OnProgress,
): Promise<void> {
  await takeForOurselves(tx)
  await checkMove(tx)
  await tx`DELETE FROM products`
  const putIndexBack = await withoutWordIndex(tx)
  for (const table of TABLES) await moveTable(sqlite, tx, table, onProgress)
  await putIndexBack()
  await setNumbers(tx)
  const found = await differences(sqlite, tx)
  if (found.length > 0) throw new Error(`both sides differ afterwards.\n${found.join('\n')}`)
  // A planner that takes the tables for empty makes slow plans.
  await tx.unsafe(`ANALYZE ${TABLES.map(({ name }) => name).join()}`)
}

async function moveTable(
  sqlite: Sqlite,
  tx: Bun.TransactionSQL,
  table: Table,
  onProgress: OnProgress,
): Promise<void> {
  const all = countRows(sqlite, table)
  let moved = 0
  for (const rows of readRows(sqlite, table, BATCH_ROWS)) {
    await insertRows(tx, table, rows)
    moved += rows.length
    onProgress(table, moved, all)
  }
}
