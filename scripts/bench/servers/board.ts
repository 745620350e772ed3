/** The real server with a shop full of orders, whose orders it changes on a schedule. */
import { loadConfig } from '../../../server/config'
import { createLogger } from '../../../server/lib/logger'
import { serve } from '../../../server/main'
import type { Running } from '../../../server/main'
import { createOrderService } from '../../../server/orders/service'
import type { OrderService } from '../../../server/orders/service'
import type { Order } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import { quantile } from '../lib/median'
import { createRandom } from '../lib/random'
import { subjectOf } from '../lib/tokens'
import { shopDraft } from '../load/shop-drafts'

/** A status that an order got, and when that was durable: milliseconds since the epoch. */
export interface Change {
  readonly orderId: string
  readonly status: OrderStatus
  readonly at: number
}

export interface UpdateRun {
  readonly changes: readonly Change[]
  readonly elapsedMs: number
  readonly cpuMs: number
  /** How late the commands were called, by the schedule: the 99th percentile. */
  readonly lateMs: number
}

/** Commands under way at a time while the shop is filled. */
const AT_A_TIME = 64
/** Of the orders that a shop is filled with, the newest of which something is still to be done. */
const OPEN_SHARE = 0.3
/** Of four updates one is a new order: it is placed, prepared, shipped and delivered. */
const NEW_SHARE = 0.25
/** Every second change is of an order that the reader of the board sees, or has just seen. */
const NEAR_SHARE = 0.5
const NEAR = 50
const NEXT: Readonly<Partial<Record<OrderStatus, OrderStatus>>> = {
  pending: 'processing',
  processing: 'shipped',
  shipped: 'delivered',
}
const STAFF = principal('staff-00000', true)
const CUSTOMERS = Array.from({ length: 500 }, (_, index) =>
  principal(subjectOf('customer', index), false),
)

type Known = Pick<Order, 'orderId' | 'status' | 'version'>

let running: Running | null = null
let service: OrderService | null = null
let products: readonly string[] = []
let placed = 0
/** Orders that are neither delivered nor being changed, the newest last. */
let open: Known[] = []
const random = createRandom(1)

function principal(subject: string, staff: boolean) {
  return { subject, email: null, staff, issuedAt: null, expiresAt: null }
}

function shop(): OrderService {
  if (!service) throw new Error('not started')
  return service
}

function place(): Promise<Order> {
  const index = placed++
  const customer = CUSTOMERS[index % CUSTOMERS.length]!
  return shop().place(customer, shopDraft(products, index), undefined)
}

function advance({ orderId, status, version }: Known): Promise<Order> {
  const change = { ifMatch: `"${version}"`, status: NEXT[status]! }
  return shop().changeStatus(STAFF, orderId, change)
}

/** The last of the near ones, or of all; it is another one's then. */
function takeOpen(): Known | undefined {
  const near = random() < NEAR_SHARE ? Math.min(NEAR, open.length) : open.length
  return open.splice(open.length - 1 - Math.floor(random() * near), 1)[0]
}

function giveBack(order: Known): void {
  if (NEXT[order.status]) open.push(order)
}

async function manyAtATime(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const workNext = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, workNext))
}

async function update(): Promise<Change> {
  const known = random() < NEW_SHARE ? undefined : takeOpen()
  const order = known ? await advance(known) : await place()
  const at = now()
  giveBack(order)
  return { orderId: order.orderId, status: order.status, at }
}

const commands = {
  async start({ dataDir }: { dataDir: string }): Promise<{ readonly port: number }> {
    const config = loadConfig({
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      REALTIME_PORT: '0',
    })
    running = await serve(config, createLogger(config.logLevel))
    service = createOrderService(running.engine.orders, config.shop)
    products = (await running.engine.orders.products()).map(({ id }) => id)
    return { port: running.port }
  },
  /** Places orders; the older ones are delivered, the newest are at any step before. */
  async fill(orders: number): Promise<void> {
    const known: Known[] = []
    await manyAtATime(orders, async (index) => void (known[index] = await place()))
    const firstOpen = Math.round(orders * (1 - OPEN_SHARE))
    await manyAtATime(orders, async (index) => {
      const steps = index < firstOpen ? 3 : Math.floor(random() * 3)
      for (let step = 0; step < steps; step++) known[index] = await advance(known[index]!)
    })
    open = known.slice(firstOpen)
  },
  /** On a fixed schedule, whatever the store takes; each update by a command of the order service. */
  async update(order: { perSecond: number; seconds: number }): Promise<UpdateRun> {
    const count = Math.round(order.perSecond * order.seconds)
    const pending: Promise<Change>[] = []
    const late: number[] = []
    const from = { at: now(), cpu: cpuMs() }
    for (let index = 0; index < count; index++) {
      const dueAt = from.at + (index * 1_000) / order.perSecond
      const early = dueAt - now()
      if (early > 1) await Bun.sleep(early)
      late.push(now() - dueAt)
      pending.push(update())
    }
    const changes = await Promise.all(pending)
    return {
      changes,
      elapsedMs: now() - from.at,
      cpuMs: cpuMs() - from.cpu,
      lateMs: quantile(late, 0.99),
    }
  },
  cpuMs,
}

export type BoardServerCommands = typeof commands

answerCommands(commands)
