import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { openPostgres } from '../lib/database.postgres'
import type { PostgresDatabase } from '../lib/database.postgres'
import { createLogger } from '../lib/logger'
import { freshDatabase } from '../testing/database.postgres'
import { within } from '../testing/within'
import { revocationFeatures } from './revocations.features'
import { openPostgresRevocations } from './revocations.postgres'

type Revocations = Awaited<ReturnType<typeof openPostgresRevocations>>

const logger = createLogger('silent')
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: PostgresDatabase

beforeAll(async () => {
  fresh = await freshDatabase()
  database = await openPostgres(fresh.url, { poolSize: 4, logger })
})
afterAll(async () => {
  await database.close()
  await fresh[Symbol.asyncDispose]()
})

async function forgetAll(): Promise<void> {
  await database.sql`TRUNCATE revocations`
  await database.sql`UPDATE revocation_changes SET count = 0`
}

revocationFeatures('Postgres', async (nowMs) => {
  await forgetAll()
  let opened: Revocations | null = null
  return {
    async open() {
      opened?.close()
      return (opened = await openPostgresRevocations(database, logger, nowMs))
    },
    async kept() {
      const rows = await database.sql<{ subject: string }[]>`SELECT subject FROM revocations`
      return rows.map(({ subject }) => subject)
    },
    async cleanup() {
      opened?.close()
    },
  }
})

describe('Postgres: a revocation on one node', () => {
  const now = Math.floor(Date.now() / 1_000)
  let nodes: Revocations[]
  beforeEach(async () => {
    await forgetAll()
    nodes = await Promise.all([1, 2].map(() => openPostgresRevocations(database, logger)))
  })
  afterEach(() => {
    for (const node of nodes) node.close()
  })

  async function heard(node: Revocations, subject: string): Promise<void> {
    const looking = async () => {
      while (!node.isRevoked(subject, now)) await Bun.sleep(5)
    }
    await within(looking(), `the revocation of ${subject}`)
  }

  test('is acted on by every other', async () => {
    await nodes[0]!.revoke('alice')
    expect(nodes[0]!.isRevoked('alice', now)).toBe(true)
    await heard(nodes[1]!, 'alice')
    expect(nodes[1]!.isRevoked('bob', now)).toBe(false)
  })

  test('is missed by none, however many are made at once', async () => {
    const subjects = Array.from({ length: 40 }, (_, index) => `subject-${index}`)
    await Promise.all(subjects.map((subject, index) => nodes[index % 2]!.revoke(subject)))
    for (const subject of subjects) for (const node of nodes) await heard(node, subject)
  })

  test('is not taken back by one of a node whose clock is behind', async () => {
    const late = await openPostgresRevocations(database, logger, () => Date.now() - 60_000)
    const { before } = await nodes[0]!.revoke('alice')
    expect(await late.revoke('alice')).toEqual({ subject: 'alice', before })
    expect(late.isRevoked('alice', before - 1)).toBe(true)
    late.close()
  })

  test('is acted on after the database was put back to an earlier day', async () => {
    await nodes[0]!.revoke('alice')
    await nodes[0]!.revoke('bob')
    await heard(nodes[1]!, 'bob')
    await forgetAll()
    await nodes[0]!.revoke('carol')
    await heard(nodes[1]!, 'carol')
  })
})
