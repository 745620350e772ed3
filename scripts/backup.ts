import { Database as Sqlite } from 'bun:sqlite'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { databasePath } from '../server/lib/database.sqlite'

/** How long the copy waits for a checkpoint of the running server. */
const BUSY_TIMEOUT_MS = 10_000

const [target = ''] = process.argv.slice(2)
const source = databasePath(process.env.DATA_DIR || 'data')
try {
  backup(source, target)
  const megabytes = (statSync(target).size / 1_000_000).toFixed(1)
  console.log(`Copied ${source} to ${target} (${megabytes} MB).`)
} catch (error) {
  const why = error instanceof Error ? error.message : String(error)
  console.error(`No backup was made: ${why}`)
  process.exitCode = 1
}

/** Makes `to`, complete and on disk, or throws and leaves nothing behind. */
function backup(from: string, to: string): void {
  if (!existsSync(from)) {
    throw new Error(`there is no database at ${from}: set DATA_DIR to the server's data folder.`)
  }
  refuseExisting(to)
  if (!existsSync(dirname(to))) throw new Error(`there is no folder ${dirname(to)}.`)
  // Orders hold names and addresses: the copy is for its owner alone, as the data folder is.
  process.umask(0o077)
  const partial = `${to}.${process.pid}.partial`
  try {
    copy(from, partial)
    flush(partial)
    publish(partial, to)
  } finally {
    rmSync(partial, { force: true })
    rmSync(`${partial}-journal`, { force: true })
  }
  flush(dirname(to))
}

/** Reads one snapshot, which neither waits for the server's commits nor holds them up. */
function copy(from: string, to: string): void {
  using reader = new Sqlite(from, { readonly: true })
  try {
    reader.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    reader.run('VACUUM INTO ?', [to])
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${from} cannot be copied to ${dirname(to)} (${why}).`, { cause })
  }
  using written = new Sqlite(to, { readonly: true })
  const found = written.prepare('PRAGMA quick_check').values().flat().join('; ')
  if (found !== 'ok') throw new Error(`${from} is damaged (${found}).`)
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A link, unlike a rename, fails where somebody made the file in the meantime. */
function publish(partial: string, to: string): void {
  try {
    linkSync(partial, to)
  } catch {
    // A file system without links.
    refuseExisting(to)
    renameSync(partial, to)
  }
}

function refuseExisting(path: string): void {
  if (existsSync(path)) throw new Error(`${path} exists already, and is not overwritten.`)
}
