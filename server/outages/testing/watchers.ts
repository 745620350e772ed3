import { createClient, type Client, type Resume, type Snapshot } from '../../../ui/client'
import type { Cursor } from '../../protocol/cursor'
import { foldInto } from '../../protocol/fold'
import type { ChannelName } from '../../protocol/frames'
import type { Order } from '../../protocol/order'
import type { Cluster } from './cluster'

/** What a client showed from one snapshot of the server on, until it was told to load another. */
export interface Stretch {
  /** The snapshot's; null for one that could not be gone on from. */
  readonly cursor: Cursor | null
  /** The events applied since, in the order in which they came. */
  readonly events: { readonly id: Cursor; readonly fact: string }[]
}

/** The product's own client on one channel, which records all that it is told. */
export interface Watcher {
  readonly channel: ChannelName
  /** The subject; the board's is staff. */
  readonly subject: string
  readonly client: Client
  readonly stretches: readonly Stretch[]
  readonly resumes: readonly Resume[]
  /** What it shows now, by order id. */
  readonly orders: ReadonlyMap<string, Order>
  /** Names of all members that any order had which it was ever given: `internal`, `extra.gift`. */
  readonly members: ReadonlySet<string>
  /** Age of the updates as its server told it last, milliseconds; null before the first. */
  ageMs(): number | null
  close(): void
}

const PAGE = 100

/** Connects to one of `urls`, another one at each attempt, and stays connected until it is closed. */
export async function startWatcher(
  cluster: Cluster,
  { channel, subject, urls }: WatcherOptions,
): Promise<Watcher> {
  const token = await cluster.token(subject, channel === 'admin' ? 'staff' : 'customer')
  const stretches: Stretch[] = []
  const resumes: Resume[] = []
  let orders = new Map<string, Order>()
  const members = new Set<string>()
  let turn = 0
  let ageMs: number | null = null
  const pick = () => {
    const running = urls()
    return running[turn++ % Math.max(1, running.length)] ?? 'http://127.0.0.1:1'
  }
  const client = createClient({
    url: () => `${pick().replace('http', 'ws')}/ws`,
    token: async () => token,
    subject,
    snapshot: (_, signal) => loadAll(pick(), channel, token, signal),
    seams: { random: () => 0.05 },
  })
  client.on('snapshot', ({ items, cursor }) => {
    if (cursor !== null) orders = new Map()
    for (const order of items) {
      foldInto(orders, order)
      addMembers(members, order)
    }
    stretches.push({ cursor, events: [] })
  })
  const prefix = channel === 'admin' ? 'admin:' : ''
  for (const name of ['created', 'updated', 'cancelled'] as const) {
    client.on(`${prefix}order:${name}` as 'order:created', (order, { id }) => {
      foldInto(orders, order)
      addMembers(members, order)
      stretches.at(-1)!.events.push({ id, fact: `${order.orderId}@${order.version}` })
    })
  }
  client.on('resumed', (resume) => void resumes.push(resume))
  client.on('age', (age) => void (ageMs = age.ageMs))
  // What cannot be reached is what these tests are about; the checks see what comes of it.
  client.on('error', () => {})
  client.subscribe(channel, { from: 'snapshot' })
  client.connect()
  return {
    channel,
    subject,
    client,
    stretches,
    resumes,
    members,
    get orders() {
      return orders
    },
    ageMs: () => ageMs,
    close: () => client.close(),
  }
}

export interface WatcherOptions {
  readonly channel: ChannelName
  readonly subject: string
  /** Of those who run now, asked for each connection. */
  readonly urls: () => readonly string[]
}

function addMembers(members: Set<string>, order: Order): void {
  for (const name in order) members.add(name)
  for (const name in order.extra) members.add(`extra.${name}`)
}

/** All pages; the cursor is the first one's. */
export async function loadAll(
  url: string,
  channel: ChannelName,
  token: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const path = channel === 'admin' ? '/api/admin/orders' : '/api/orders'
  const items: Order[] = []
  let cursor: Cursor | null | undefined
  let next: string | null = null
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next !== null && { next }) })
    const response = await fetch(`${url}${path}?${query}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    const page = (await response.json()) as Snapshot
    items.push(...page.items)
    if (cursor === undefined) cursor = page.cursor
    next = page.next ?? null
  } while (next !== null)
  return { items, cursor: cursor ?? null }
}
