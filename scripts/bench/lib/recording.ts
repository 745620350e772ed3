import { Database } from 'bun:sqlite'
import type { SQLQueryBindings, Statement } from 'bun:sqlite'
import { readFileSync, writeFileSync } from 'node:fs'

/** How a statement was called; it is called the same way again. */
type Method = 'run' | 'get' | 'all' | 'values'

/** One call: a statement by its number in `Recording.statements`, and its parameters. */
export type Call = readonly [statement: number, method: Method, ...given: SQLQueryBindings[]]

/** All that one work of a group commit wrote; reads and savepoints are left out. */
export type Work = readonly Call[]

/** What a program did to its database, so that a bare program can do the same writes. */
export interface Recording {
  readonly statements: readonly string[]
  /** Everything until `startWorks`: pragmas, migrations, products; in this order. */
  readonly setup: readonly Call[]
  /** The works of each transaction, in their order. */
  readonly groups: readonly (readonly Work[])[]
}

const METHODS: readonly Method[] = ['run', 'get', 'all', 'values']
const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i

/**
 * Records what is done to databases whose file ends in `fileName`. To be called before any is opened.
 */
export function recordWrites(fileName: string): { startWorks(): void; recording(): Recording } {
  const numbers = new Map<string, number>()
  const setup: Call[] = []
  const groups: Work[][] = []
  let work: Call[] = []
  let started = false

  function record(sql: string, method: Method, given: readonly SQLQueryBindings[]): void {
    if (!started) setup.push([numberOf(sql), method, ...given])
    else if (sql.startsWith('BEGIN')) groups.push([])
    else if (sql.startsWith('SAVEPOINT')) work = []
    else if (sql.startsWith('RELEASE')) groups.at(-1)!.push(work)
    else if (WRITES.test(sql)) work.push([numberOf(sql), method, ...given])
  }
  function numberOf(sql: string): number {
    const number = numbers.get(sql) ?? numbers.size
    numbers.set(sql, number)
    return number
  }

  const { prepare, run } = Database.prototype
  let insideRun = false
  Database.prototype.run = function (this: Database, sql: string, ...given: SQLQueryBindings[][]) {
    if (this.filename.endsWith(fileName)) record(sql, 'run', given.flat())
    insideRun = true
    try {
      return Reflect.apply(run, this, [sql, ...given])
    } finally {
      insideRun = false
    }
  }
  Database.prototype.prepare = function (this: Database, sql: string, ...given: unknown[]) {
    const statement: Statement = Reflect.apply(prepare, this, [sql, ...given])
    if (insideRun || !this.filename.endsWith(fileName)) return statement
    for (const method of METHODS) {
      const original = statement[method]
      Object.defineProperty(statement, method, {
        value: (...bound: SQLQueryBindings[]): unknown => {
          record(sql, method, bound)
          return Reflect.apply(original, statement, bound)
        },
      })
    }
    return statement
  } as typeof prepare

  return {
    startWorks: () => {
      started = true
    },
    recording: () => ({ statements: [...numbers.keys()], setup, groups }),
  }
}

export function saveRecording(file: string, recording: Recording): void {
  writeFileSync(file, JSON.stringify(recording))
}

/** A database in the state of the recording's setup, and the calls of its works. */
export interface Replayer {
  readonly groups: readonly (readonly Work[])[]
  /** One transaction of these works: the same statements and rows, and nothing else. */
  commit(works: readonly Work[]): void
  close(): void
}

export function openReplayer(recordingFile: string, databaseFile: string): Replayer {
  const { statements, setup, groups } = JSON.parse(readFileSync(recordingFile, 'utf8')) as Recording
  const sqlite = new Database(databaseFile, { create: true, strict: true })
  for (const [statement, method, ...given] of setup) {
    const sql = statements[statement]!
    if (method === 'run') sqlite.run(sql, ...(given as never[]))
    else sqlite.prepare(sql)[method](...given)
  }
  const prepared: Statement[] = []
  const begin = sqlite.prepare('BEGIN IMMEDIATE')
  const commit = sqlite.prepare('COMMIT')
  return {
    groups,
    commit(works) {
      begin.run()
      for (const calls of works) {
        for (const [statement, method, ...given] of calls) {
          const ready = (prepared[statement] ??= sqlite.prepare(statements[statement]!))
          ready[method](...given)
        }
      }
      commit.run()
    },
    close: () => sqlite.close(),
  }
}

/** The longest text that a work wrote: the order as JSON. */
export function orderOf(work: Work): string {
  const texts = work.flatMap(([, , ...given]) =>
    given.flatMap((value) => (isMembers(value) ? Object.values(value) : [value])),
  )
  return texts.reduce<string>(
    (longest, text) =>
      typeof text === 'string' && text.startsWith('{') && text.length > longest.length
        ? text
        : longest,
    '',
  )
}

function isMembers(value: SQLQueryBindings): value is Record<string, string | number> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}
