import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../lib/database.sqlite'
import { eventLogFeatures } from './event-log.features'
import { openSqliteLog } from './event-log.sqlite'

eventLogFeatures('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orderwire-log-'))
  const database = openDatabase(folder)
  const options = { retentionMs: 3_600_000, retentionMaxEntries: 100_000 }
  const log = openSqliteLog(database, options)
  return {
    log,
    async trimTo(entries) {
      options.retentionMaxEntries = entries
      await log.trim()
      options.retentionMaxEntries = 100_000
    },
    async cleanup() {
      log.close()
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
})
