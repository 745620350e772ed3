import { writeSync } from 'node:fs'
import { openDatabase } from '../lib/database.sqlite'
import { openSqliteLog } from '../event-log/event-log.sqlite'

/**
 * What tests kill: a process that owns a data folder. Writes facts into a table and the log, each in one transaction, and
 * prints a fact's source once it is acknowledged, until it is killed. Every seventh work fails.
 */
const [dataDir = '', run = ''] = process.argv.slice(2)
const WRITERS = 16

const database = openDatabase(dataDir)
database.sqlite.run('CREATE TABLE IF NOT EXISTS facts (source TEXT PRIMARY KEY, data TEXT) STRICT')
const log = openSqliteLog(database, { retentionMs: 3_600_000, retentionMaxEntries: 1_000_000 })
const insert = database.sqlite.prepare('INSERT INTO facts VALUES (?, ?)')

let started = 0
async function write(): Promise<never> {
  for (;;) {
    const number = (started += 1)
    const source = `${run}-${number}@1`
    const data = JSON.stringify({ source, filling: 'x'.repeat((number * 37) % 900) })
    const refused = number % 7 === 0
    await database
      .transact(() => {
        insert.run(source, data)
        const customer = `customer-${number % 10}`
        log.appendInTransaction({ name: 'created', customer, data, staffOnly: '' }, source)
        if (refused) throw new RangeError('refused')
      })
      .then(
        () => writeSync(1, `${source}\n`),
        (reason: unknown) => {
          if (!(refused && reason instanceof RangeError)) throw reason
        },
      )
  }
}

await Promise.all(Array.from({ length: WRITERS }, write))
