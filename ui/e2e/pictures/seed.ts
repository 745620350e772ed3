import { loadConfig } from '../../../server/config'
import { openSqliteLog } from '../../../server/event-log/event-log.sqlite'
import { openDatabase } from '../../../server/lib/database.sqlite'
import { createLogger } from '../../../server/lib/logger'
import { openSqliteOrderStore } from '../../../server/orders/order-store.sqlite'
import { seedProducts } from '../../../server/orders/seed'
import { createOrderService } from '../../../server/orders/service'
import type { Order } from '../../../server/protocol/order'
import { busyHour, type Course } from './hour'

/** Orders of Alice that pictures lead to, as they were placed. */
export interface Seeded {
  readonly onItsWay: Order
  readonly delivered: Order
  readonly cancelled: Order
  readonly newest: Order
}

interface Step {
  readonly at: Date
  readonly take: () => Promise<void>
}

const MINUTE_MS = 60_000

/**
 * Writes a busy hour that ends now into an empty data folder: by the rules and the store of the shop,
 * on a clock of its own.
 */
export async function seedShop(dataDir: string): Promise<Seeded> {
  const config = loadConfig({ DATA_DIR: dataDir })
  const clock = { at: new Date() }
  const database = openDatabase(dataDir)
  const log = openSqliteLog(database, {
    retentionMs: config.retentionMs,
    retentionMaxEntries: config.retentionMaxEntries,
    now: () => clock.at.getTime(),
    logger: createLogger('silent'),
  })
  const store = openSqliteOrderStore(
    database,
    (event, source) => log.appendInTransaction(event, source),
    config.shop,
    () => clock.at,
  )
  await seedProducts(store, config.shop.currency)
  const service = createOrderService(store, config.shop)
  const placed = new Map<Course, Order>()
  const courses = busyHour()
  const end = Date.now()
  const stepsOf = (course: Course): readonly Step[] => {
    const at = (ago: number) => new Date(end - ago * MINUTE_MS)
    const place = async () => void placed.set(course, await service.place(...placing(course)))
    const changes = course.changes.map(({ ago, by, ...change }) => ({
      at: at(ago),
      take: async () => {
        const { orderId } = placed.get(course)!
        await service.changeStatus(principal(by), orderId, { ...change, ifMatch: '*' })
      },
    }))
    return [{ at: at(course.placedAgo), take: place }, ...changes]
  }
  const steps = courses.flatMap(stepsOf).sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const { at, take } of steps) {
    clock.at = at
    await take()
  }
  log.close()
  database.close()
  const [onItsWay, delivered, cancelled, newest] = courses.map((course) => placed.get(course)!)
  return { onItsWay: onItsWay!, delivered: delivered!, cancelled: cancelled!, newest: newest! }
}

function principal(subject: string, staff = true) {
  const email = `${subject}@demo.example`
  return { subject, email, staff, issuedAt: null, expiresAt: null }
}

function placing({ subject, customer, city, items }: Course) {
  const shippingAddress = { name: customer, ...city }
  return [principal(subject, false), { items, shippingAddress }, undefined] as const
}
