import { hash } from 'node:crypto'
import { AppError } from '../errors'

export interface Migration {
  /** 1, 2, 3, … without holes. */
  readonly number: number
  readonly name: string
  /** Plain SQL, one or more statements; runs in a transaction of its own. */
  readonly sql: string
}

/** What a database keeps of each that was applied to it. */
export interface Applied {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

/** Throws where one is missing or in another's place. */
export function checkNumbers(migrations: readonly Migration[]): void {
  for (const [index, { number }] of migrations.entries()) {
    if (number === index + 1) continue
    throw new Error(`migration ${index + 1} is missing: found ${number} in its place`)
  }
}

/** Throws an `AppError` where a database is newer than this program, or was made by other migrations. */
export function checkApplied(applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const { number, name, sha256 } of applied) {
    const known = migrations[number - 1]
    if (!known) {
      throw new AppError(
        'database_newer',
        500,
        `The database was made by a newer Orderwire (migration ${number}, ${name}): start that version or a newer one.`,
      )
    }
    if (sha256 !== hashOf(known)) {
      throw new AppError(
        'database_differs',
        500,
        `Migration ${number} (${name}) of the database is not the one that this Orderwire knows: start the version that made the database.`,
      )
    }
  }
}

/** Alike whatever ends the lines where it was checked out. */
export function hashOf({ sql }: Migration): string {
  return hash('sha256', sql.replaceAll('\r\n', '\n'), 'hex')
}
