import { Database as Sqlite } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { databasePath, openDatabase } from '../lib/database.sqlite'
import { tempFolder } from '../testing/temp-folder'
import { verifyLog } from '../testing/verify-log.sqlite'
import type { LoggedFact } from '../testing/verify-log.sqlite'

const KILLS = 20
const WRITER = fileURLToPath(import.meta.resolve('../testing/fact-writer.ts'))

test('kill -9 at any moment: what was acknowledged is stored and logged, once', async () => {
  using folder = tempFolder()
  const acknowledged: string[] = []
  for (let round = 0; round < KILLS; round += 1) {
    const run = `run${round}`
    // Now and then while it is still starting, else in the middle of its work.
    const lines = round % 5 === 4 ? 0 : 1 + Math.floor(Math.random() * 400)
    const printed = await writeUntilKilled(folder.path, run, lines)
    expect(printed.length).toBeGreaterThanOrEqual(lines)
    acknowledged.push(...printed)

    const { facts, logged } = readBack(folder.path, round)
    expect(logged.toSorted(bySource)).toEqual(facts)
    const stored = new Set(facts.map(({ source }) => source))
    expect(acknowledged.filter((source) => !stored.has(source))).toEqual([])
    expect(stored.size).toBe(logged.length)
    expect([...stored].filter(isRefused)).toEqual([])
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS)
}, 120_000)

/** Starts a writer, kills it after so many acknowledgements, and returns all that it printed. */
async function writeUntilKilled(path: string, run: string, lines: number): Promise<string[]> {
  const child = Bun.spawn([process.execPath, WRITER, path, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let seen = 0
  if (lines === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 60)
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk
    seen += chunk.split('\n').length - 1
    if (seen >= lines) child.kill('SIGKILL')
  }
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  return text.split('\n').slice(0, -1)
}

/** By turns as a server opens it again, and as it was left, for the next one to recover. */
function readBack(path: string, round: number) {
  if (round % 2 === 0) {
    const database = openDatabase(path)
    const read = readFacts(database.sqlite)
    database.close()
    return read
  }
  using reader = new Sqlite(databasePath(path), { readonly: true })
  return readFacts(reader)
}

function readFacts(sqlite: Sqlite): { facts: LoggedFact[]; logged: readonly LoggedFact[] } {
  const facts = sqlite.prepare<LoggedFact, []>('SELECT source, data FROM facts').all()
  return { facts: facts.toSorted(bySource), logged: verifyLog(sqlite) }
}

function bySource(a: LoggedFact, b: LoggedFact): number {
  return a.source < b.source ? -1 : 1
}

function isRefused(source: string): boolean {
  return Number(/-(\d+)@/.exec(source)?.[1]) % 7 === 0
}
