import type { Database as Sqlite } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { openPostgres } from '../server/lib/database.postgres'
import { databasePath, openDatabase } from '../server/lib/database.sqlite'
import { createLogger } from '../server/lib/logger'
import { migrate } from '../server/lib/migrate.postgres'
import { POSTGRES_MIGRATIONS } from '../server/migrations/postgres'
import { checkMove, moveShop, OutcomeUnknown } from './moving/move-shop'
import { countRows, TABLES } from './moving/tables'
import type { Table } from './moving/tables'

/** For all but the moving itself. */
const DEADLINE_MS = 10_000

const checkOnly = process.argv.includes('--check')
const dataDir = process.env.DATA_DIR || 'data'
const url = process.env.DATABASE_URL || ''
try {
  await run()
} catch (error) {
  console.error(failureText(error))
  process.exitCode = 1
}

function failureText(error: unknown): string {
  if (error instanceof OutcomeUnknown) {
    return 'The connection was lost at the very end: scripts/move --check says whether it was moved.'
  }
  const why = error instanceof Error ? error.message : String(error)
  return `${checkOnly ? 'Cannot be moved' : 'Nothing was moved'}: ${why}`
}

async function run(): Promise<void> {
  if (url === '') throw new Error('DATABASE_URL is not set: expected the address of the target.')
  // Opening it would make one.
  if (!existsSync(databasePath(dataDir))) {
    throw new Error(`there is no shop in ${dataDir}: set DATA_DIR to the server's data folder.`)
  }
  const source = openDatabase(dataDir)
  try {
    await moveFrom(source.sqlite)
  } finally {
    source.close()
  }
}

async function moveFrom(sqlite: Sqlite): Promise<void> {
  const target = await openPostgres(url, {
    poolSize: 1,
    logger: createLogger('silent'),
    migrations: null,
    deadlineMs: DEADLINE_MS,
    startMs: 0,
  })
  try {
    await checkMove(target.sql)
    if (!checkOnly) {
      await migrate(target.sql, POSTGRES_MIGRATIONS)
      await moveShop(sqlite, target.sql, showProgress)
    }
  } finally {
    await target.close()
  }
  console.log(`${checkOnly ? 'To be moved' : 'Moved'} from ${dataDir} to ${addressOf(url)}:`)
  for (const table of TABLES) {
    const count = countRows(sqlite, table).toLocaleString('en')
    console.log(`  ${table.title.padEnd(26)}${count.padStart(12)}`)
  }
  if (checkOnly) return
  console.log(`Both sides were compared, and are alike.
Start with KAFKA_BROKER, REDIS_URL and DATABASE_URL set. The data folder ${dataDir} is as it was: keep it
as a backup, and do not start on it again.`)
}

/** Without the password. */
function addressOf(address: string): string {
  const { host, pathname } = new URL(address)
  return `${host}${pathname}`
}

function showProgress({ title }: Table, moved: number, all: number): void {
  const line = `${title}: ${moved.toLocaleString('en')} of ${all.toLocaleString('en')}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${moved === all ? '\n' : ''}`)
  else if (moved === all || moved % 100_000 === 0) console.error(line)
}
