import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../lib/database.sqlite'
import { openSqliteRevocations } from './revocations.sqlite'
import { MAX_TOKEN_AGE_SECONDS } from './tokens'

const NOW_SECONDS = 1_800_000_000

let folder: string
let database: Database
let nowMs: number
const open = () => openSqliteRevocations(database, () => nowMs)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderwire-revocations-'))
  database = openDatabase(folder)
  nowMs = NOW_SECONDS * 1_000 + 400
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

test('hits the tokens issued up to now, of that subject alone', async () => {
  const revocations = open()
  expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(false)
  expect(await revocations.revoke('alice')).toEqual({ subject: 'alice', before: NOW_SECONDS + 1 })
  expect(revocations.isRevoked('alice', NOW_SECONDS - 60)).toBe(true)
  expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(true)
  expect(revocations.isRevoked('alice', NOW_SECONDS + 1)).toBe(false)
  expect(revocations.isRevoked('alice', null)).toBe(true)
  expect(revocations.isRevoked('bob', null)).toBe(false)
})

test('outlives the process', async () => {
  await open().revoke('alice')
  database.close()
  database = openDatabase(folder)
  expect(open().isRevoked('alice', NOW_SECONDS)).toBe(true)
})

test('a later one of the same subject replaces the earlier', async () => {
  const revocations = open()
  await revocations.revoke('alice')
  nowMs += 60_000
  await revocations.revoke('alice')
  expect(revocations.isRevoked('alice', NOW_SECONDS + 30)).toBe(true)
  expect(open().isRevoked('alice', NOW_SECONDS + 30)).toBe(true)
})

test('is forgotten once every token that it hits is too old to be accepted', async () => {
  await open().revoke('alice')
  nowMs += MAX_TOKEN_AGE_SECONDS * 1_000
  expect(open().isRevoked('alice', NOW_SECONDS)).toBe(true)
  nowMs += 2_000
  const revocations = open()
  expect(revocations.isRevoked('alice', NOW_SECONDS)).toBe(false)
  await revocations.revoke('bob')
  const subjects = database.sqlite.query('SELECT subject FROM revocations').all()
  expect(subjects).toEqual([{ subject: 'bob' }])
})
