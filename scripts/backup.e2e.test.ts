import { Database as Sqlite } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteLog } from '../server/event-log/event-log.sqlite'
import { databasePath, openDatabase } from '../server/lib/database.sqlite'
import { tempFolder } from '../server/testing/temp-folder'
import { verifyLog } from '../server/testing/verify-log.sqlite'

const root = join(import.meta.dir, '..')
const RETENTION = { retentionMs: 3_600_000, retentionMaxEntries: 1_000_000 }

async function backup(dataDir: string, ...args: readonly string[]) {
  const child = Bun.spawn([join(root, 'scripts/backup'), ...args], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATA_DIR: dataDir, BUN: process.execPath },
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output, errors }
}

/** A process that owns the folder and writes until it is killed. */
function startWriter(dataDir: string) {
  const child = Bun.spawn(
    [process.execPath, join(root, 'server/testing/fact-writer.ts'), dataDir, 'run'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const chunks = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let text = ''
  return {
    /** Reads on until so many more facts were acknowledged; all of them so far. */
    async acknowledged(more: number): Promise<string[]> {
      const enough = text.split('\n').length - 1 + more
      while (text.split('\n').length - 1 < enough) {
        const { value, done } = await chunks.next()
        if (done) throw new Error('the writer ended')
        text += value
      }
      return text.split('\n').slice(0, -1)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

describe('scripts/backup', () => {
  test('copies one moment of a running server; the copy is a whole log and goes on', async () => {
    using folder = tempFolder()
    using restored = tempFolder()
    const file = join(restored.path, 'orderwire.db')
    await using writer = startWriter(folder.path)
    const before = await writer.acknowledged(500)
    const draining = { stop: false }
    const during = (async () => {
      let all: string[] = []
      while (!draining.stop) all = await writer.acknowledged(1)
      return all
    })()
    const told = await backup(folder.path, file)
    draining.stop = true
    expect(told).toMatchObject({ exitCode: 0, errors: '' })
    expect(told.output).toContain(file)
    expect((await during).length).toBeGreaterThan(before.length)

    expect(statSync(file).mode & 0o077).toBe(0)
    expect(readdirSync(restored.path)).toEqual(['orderwire.db'])
    const database = openDatabase(restored.path)
    const log = openSqliteLog(database, RETENTION)
    const logged = new Set(verifyLog(database.sqlite).map(({ source }) => source))
    expect(before.filter((source) => !logged.has(source))).toEqual([])
    const stored = database.sqlite.prepare('SELECT source FROM facts').values().flat()
    expect(new Set(stored)).toEqual(logged)

    await log.note({ kind: 'beat', note: '0' })
    verifyLog(database.sqlite)
    log.close()
    database.close()
  }, 60_000)

  test('copies what a killed server left, without changing it', async () => {
    using folder = tempFolder()
    const writer = startWriter(folder.path)
    const acknowledged = await writer.acknowledged(200)
    await writer[Symbol.asyncDispose]()
    expect(await backup(folder.path, 'copy.db')).toMatchObject({ exitCode: 0, errors: '' })
    using copy = new Sqlite(join(folder.path, 'copy.db'), { readonly: true })
    const logged = new Set(verifyLog(copy).map(({ source }) => source))
    expect(acknowledged.filter((source) => !logged.has(source))).toEqual([])
    expect(existsSync(`${databasePath(folder.path)}-wal`)).toBe(true)
  }, 60_000)

  test('never overwrites a file, and leaves nothing behind where it cannot copy', async () => {
    using folder = tempFolder()
    const nothing = await backup(folder.path, 'copy.db')
    expect(nothing).toMatchObject({ exitCode: 1, output: '' })
    expect(nothing.errors).toContain('set DATA_DIR')

    openDatabase(folder.path).close()
    writeFileSync(join(folder.path, 'kept'), 'precious')
    const existing = await backup(folder.path, 'kept')
    expect(existing).toMatchObject({ exitCode: 1, output: '' })
    expect(existing.errors).toContain('exists already')
    expect(await Bun.file(join(folder.path, 'kept')).text()).toBe('precious')
    const nowhere = await backup(folder.path, 'no/copy.db')
    expect(nowhere.errors).toContain('there is no folder')

    const damaged = join(folder.path, 'damaged')
    mkdirSync(damaged)
    copyFileSync(join(folder.path, 'kept'), databasePath(damaged))
    const refused = await backup(damaged, 'copy.db')
    expect(refused).toMatchObject({ exitCode: 1, output: '' })
    expect(refused.errors).toContain('cannot be copied')
    expect(readdirSync(damaged)).toEqual(['orderwire.db'])
  }, 60_000)

  test('explains itself', async () => {
    using folder = tempFolder()
    expect((await backup(folder.path, '--help')).output).toStartWith('scripts/backup FILE')
    expect(await backup(folder.path)).toMatchObject({ exitCode: 2, output: '' })
    expect(await backup(folder.path, 'a', 'b')).toMatchObject({ exitCode: 2, output: '' })
    expect(await backup(folder.path, '--force')).toMatchObject({ exitCode: 2, output: '' })
  }, 60_000)
})
