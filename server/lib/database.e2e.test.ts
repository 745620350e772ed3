import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../errors'
import { tempFolder } from '../testing/temp-folder'
import { openDatabase } from './database.sqlite'

const WRITER = join(import.meta.dir, '../testing/fact-writer.ts')

test('a folder in use by another process is refused, and free once that one was killed', async () => {
  using folder = tempFolder()
  const owner = Bun.spawn([process.execPath, WRITER, folder.path, 'run'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const reader = owner.stdout.getReader()
  await reader.read()
  let reason: unknown
  try {
    openDatabase(folder.path)
  } catch (error) {
    reason = error
  }
  owner.kill('SIGKILL')
  await owner.exited
  expect(reason).toBeInstanceOf(AppError)
  expect(reason).toMatchObject({
    code: 'data_dir_in_use',
    message: `Another Orderwire process uses the data folder ${folder.path}: stop it, or set DATA_DIR to another folder.`,
  })
  const left = readdirSync(folder.path).toSorted()
  expect(left).toEqual(['db', 'db-shm', 'db-wal', 'lock'].map((end) => `orderwire.${end}`))
  openDatabase(folder.path).close()
}, 30_000)

test('a commit listener that throws takes no acknowledgement with it, and is not hidden', async () => {
  using folder = tempFolder()
  const program = `
    import { openDatabase } from './server/lib/database.sqlite'
    const database = openDatabase(${JSON.stringify(folder.path)}, [])
    process.on('uncaughtException', (error) => console.log('uncaught', error.message))
    database.onCommit(() => { throw new Error('a defect') })
    database.onCommit(() => console.log('told'))
    console.log('acknowledged', await database.transact(() => 7))
    database.close()`
  const child = Bun.spawn([process.execPath, '-e', program], {
    cwd: join(import.meta.dir, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = (await new Response(child.stdout).text()).trim().split('\n')
  expect(lines.toSorted()).toEqual(['acknowledged 7', 'told', 'uncaught a defect'])
}, 30_000)
