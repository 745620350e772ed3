import { openDatabase } from '../lib/database.sqlite'
import { tempFolder } from '../testing/temp-folder'
import { revocationFeatures } from './revocations.features'
import { openSqliteRevocations } from './revocations.sqlite'

revocationFeatures('SQLite', async (nowMs) => {
  const folder = tempFolder()
  let database = openDatabase(folder.path)
  return {
    async open() {
      database.close()
      database = openDatabase(folder.path)
      return openSqliteRevocations(database, nowMs)
    },
    async kept() {
      const rows = database.sqlite.query<{ subject: string }, []>('SELECT subject FROM revocations')
      return rows.all().map(({ subject }) => subject)
    },
    async cleanup() {
      database.close()
      folder[Symbol.dispose]()
    },
  }
})
