import { expect } from 'bun:test'
import type { Order } from '../../protocol/order'
import type { Cluster } from './cluster'
import { readLog, type LoggedEvent } from './logged'
import type { Stretch, Watcher } from './watchers'

/** What the shop's tables say has happened. */
export interface Committed {
  /** `orderId@version` of every change. */
  readonly facts: ReadonlySet<string>
  readonly orders: ReadonlyMap<string, Order>
}

export interface CheckOptions {
  readonly deadlineMs?: number
  /** Facts that the log may lack: Kafka does not hold their records any more. */
  readonly gone?: ReadonlySet<string>
}

const SETTLE_MS = 60_000

/**
 * Waits until all that was committed has come through, then compares everything: what was
 * acknowledged, the tables, the log, and what every watcher was told and shows.
 */
export async function expectNothingLost(
  cluster: Cluster,
  acknowledged: ReadonlySet<string>,
  watchers: readonly Watcher[],
  { deadlineMs = SETTLE_MS, gone = new Set() }: CheckOptions = {},
): Promise<readonly LoggedEvent[]> {
  const committed = await readTables(cluster.databaseUrl)
  expect([...acknowledged].filter((fact) => !committed.facts.has(fact))).toEqual([])
  const wanted = [...committed.facts].filter((fact) => !gone.has(fact))
  await settled(() => missingIn(cluster, wanted), deadlineMs)
  await settled(async () => watchers.flatMap((each) => behind(each, committed)), deadlineMs)
  let log: readonly LoggedEvent[] = []
  // What is wrong for good stays wrong; a node that has not noticed yet what its log lost does notice.
  await settled(async () => {
    log = await readLog(cluster.env.REDIS_URL!)
    for (const watcher of watchers) expectHonest(watcher, log)
    return []
  }, deadlineMs)
  return log
}

export async function readTables(url: string): Promise<Committed> {
  const sql = new Bun.SQL(url, { max: 1 })
  try {
    const changes = await sql<{ fact: string }[]>`
      SELECT order_id || '@' || version AS fact FROM order_changes`
    const rows = await sql<{ body: string }[]>`SELECT body FROM orders`
    const orders = rows.map(({ body }) => JSON.parse(body) as Order)
    return {
      facts: new Set(changes.map(({ fact }) => fact)),
      orders: new Map(orders.map((order) => [order.orderId, order])),
    }
  } finally {
    await sql.close()
  }
}

async function missingIn(cluster: Cluster, facts: readonly string[]): Promise<string[]> {
  const log = await readLog(cluster.env.REDIS_URL!)
  const logged = new Set(log.map(({ fact }) => fact))
  return facts.filter((fact) => !logged.has(fact)).map((fact) => `not in the log: ${fact}`)
}

/** What a watcher does not show as the tables have it. */
function behind({ channel, subject, orders, client }: Watcher, committed: Committed): string[] {
  if (client.state.status !== 'live') return [`${subject} is ${client.state.status}`]
  const mine = [...committed.orders.values()].filter(
    ({ buyerId }) => channel === 'admin' || buyerId === subject,
  )
  const wrong = mine.filter(({ orderId, version }) => orders.get(orderId)?.version !== version)
  return wrong.map(({ orderId, version }) => `${subject} does not show ${orderId}@${version}`)
}

/**
 * Each stretch holds every event of its channel that the log has from its cursor on, each once, in the log's order. A
 * stretch that ended (the watcher was told so: a snapshot follows) may hold events that a forgetful
 * log does not have any more, and ends somewhere.
 */
function expectHonest(watcher: Watcher, log: readonly LoggedEvent[]): void {
  const { channel, subject, stretches } = watcher
  const own = log.filter(({ customer }) => channel === 'admin' || customer === subject)
  const places = new Map(own.map(({ id }, place) => [id, place]))
  for (const [index, { events }] of stretches.entries()) {
    const ids = events.map(({ id }) => id)
    expect(new Set(ids).size, `${subject}: an event came twice`).toBe(ids.length)
    const known = ids.flatMap((id) => places.get(id) ?? [])
    const from = known[0] ?? 0
    expect(known, `${subject}: events in another order than the log's, or left out`).toEqual(
      known.map((_, step) => from + step),
    )
    const isLast = index === stretches.length - 1
    if (isLast) expectWhole(watcher, stretches[index]!, own)
  }
}

/** The stretch that still goes on has everything up to now. */
function expectWhole(
  { subject }: Watcher,
  { cursor, events }: Stretch,
  own: readonly LoggedEvent[],
): void {
  if (cursor === null)
    throw new Error(`${subject} ended with a snapshot that cannot be gone on from`)
  const since = own.filter(({ id }) => isAfter(id, cursor))
  expect(
    events.map(({ id }) => id),
    `${subject}: the events since its last snapshot`,
  ).toEqual(since.map(({ id }) => id))
}

function isAfter(id: string, cursor: string): boolean {
  const [ms, seq] = id.split(/[-.]/).map(Number) as [number, number]
  const [otherMs, otherSeq] = cursor.split(/[-.]/).map(Number) as [number, number]
  return ms > otherMs || (ms === otherMs && seq > otherSeq)
}

/** Asks until nothing is amiss, or throws what still is. */
async function settled(ask: () => Promise<readonly string[]>, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const late = performance.now() > deadline
    try {
      const amiss = await ask()
      if (amiss.length === 0) return
      if (late) throw new Error(`${amiss.slice(0, 5).join('; ')} (${amiss.length})`)
    } catch (error) {
      if (late) throw error
    }
    await Bun.sleep(50)
  }
}
