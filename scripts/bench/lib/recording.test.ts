import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReplayer, orderOf, recordWrites, saveRecording } from './recording'

let folder = ''
const { prepare, run } = Database.prototype

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderwire-recording-'))
})

afterAll(() => {
  Object.assign(Database.prototype, { prepare, run })
  rmSync(folder, { recursive: true })
})

test('a replay does the recorded writes, in the recorded groups, and no more', () => {
  const recorder = recordWrites('shop.db')
  const shop = new Database(join(folder, 'shop.db'), { create: true, strict: true })
  const other = new Database(join(folder, 'other.db'), { create: true })
  other.run('CREATE TABLE not_ours (a)')
  shop.run('PRAGMA journal_mode = WAL')
  shop.run('CREATE TABLE orders (id INTEGER PRIMARY KEY, body TEXT, note TEXT)')
  shop.prepare('INSERT INTO orders (body) VALUES (?)').run('before')
  recorder.startWorks()
  const begin = shop.prepare('BEGIN IMMEDIATE')
  const commit = shop.prepare('COMMIT')
  const savepoint = shop.prepare('SAVEPOINT work')
  const release = shop.prepare('RELEASE work')
  const insert = shop.prepare('INSERT INTO orders (body, note) VALUES ($body, $note)')
  const update = shop.prepare('UPDATE orders SET note = ? WHERE id = ?')
  const find = shop.prepare('SELECT * FROM orders')
  for (const works of [1, 3]) {
    begin.run()
    for (let work = 0; work < works; work++) {
      savepoint.run()
      find.all()
      insert.run({ body: `{"orderId":"${works}-${work}"}`, note: null })
      update.run('seen', 1)
      release.run()
    }
    commit.run()
  }
  saveRecording(join(folder, 'recording.json'), recorder.recording())

  const replayer = openReplayer(join(folder, 'recording.json'), join(folder, 'bare.db'))
  expect(replayer.groups.map((group) => group.length)).toEqual([1, 3])
  expect(replayer.groups[1]![2]).toHaveLength(2)
  expect(orderOf(replayer.groups[1]![2]!)).toBe('{"orderId":"3-2"}')
  for (const group of replayer.groups) replayer.commit(group)
  replayer.close()
  const bare = new Database(join(folder, 'bare.db'))
  const rows = 'SELECT * FROM orders ORDER BY id'
  expect(bare.prepare(rows).all()).toEqual(shop.prepare(rows).all())
  expect(bare.prepare('SELECT name FROM sqlite_master').values()).toEqual([['orders']])
})
