/** Places orders through the real order store, without HTTP; records what it writes on demand. */
import { join } from 'node:path'
import { loadConfig } from '../../../server/config'
import { openEngine } from '../../../server/engine'
import { createLogger } from '../../../server/lib/logger'
import { createOrderService } from '../../../server/orders/service'
import { answerCommands } from '../lib/commands'
import { now } from '../lib/clock'
import { openReplayer, recordWrites, saveRecording } from '../lib/recording'
import { subjectOf } from '../lib/tokens'
import { orderDraft } from '../load/orders'

export interface StoreOrder {
  readonly dataDir: string
  readonly orders: number
  /** Placed before the clock starts. */
  readonly warmUp: number
  /** Orders under way at a time. */
  readonly atATime: number
}

export interface StoreRun {
  readonly perSecond: number
}

async function place(order: StoreOrder, beforeOrders: () => void): Promise<StoreRun> {
  const config = loadConfig({ DATA_DIR: order.dataDir, LOG_LEVEL: 'warn' })
  const engine = await openEngine(config, createLogger(config.logLevel))
  const service = createOrderService(engine.orders, config.shop)
  const products = (await engine.orders.products()).map((product) => product.id)
  const customers = Array.from({ length: 64 }, (_, index) => ({
    subject: subjectOf('customer', index),
    email: null,
    staff: false,
    issuedAt: null,
    expiresAt: null,
  }))
  beforeOrders()

  async function placeMany(orders: number): Promise<void> {
    let next = 0
    const placeNext = async (): Promise<void> => {
      for (let index = next++; index < orders; index = next++)
        await service.place(
          customers[index % customers.length]!,
          orderDraft(products, index),
          undefined,
        )
    }
    await Promise.all(Array.from({ length: order.atATime }, placeNext))
  }
  await placeMany(order.warmUp)
  const from = now()
  await placeMany(order.orders)
  const seconds = (now() - from) / 1_000
  await engine.close()
  return { perSecond: order.orders / seconds }
}

const commands = {
  place: (order: StoreOrder): Promise<StoreRun> => place(order, () => {}),
  /**
   * Places orders too, and writes down what that did to the database; answers how many orders a
   * commit had.
   */
  async record(order: StoreOrder, file: string): Promise<number> {
    const recorder = recordWrites('orderwire.db')
    await place(order, recorder.startWorks)
    const recording = recorder.recording()
    saveRecording(file, recording)
    return (order.orders + order.warmUp) / recording.groups.length
  },
  /** Bare `bun:sqlite`: the recorded writes, in the recorded groups. */
  replay(order: StoreOrder, file: string): StoreRun {
    const replayer = openReplayer(file, join(order.dataDir, 'bare.db'))
    const groups = [...replayer.groups]
    for (let works = 0; works < order.warmUp; works += groups.shift()!.length)
      replayer.commit(groups[0]!)
    const from = now()
    for (const group of groups) replayer.commit(group)
    const seconds = (now() - from) / 1_000
    replayer.close()
    return { perSecond: groups.flat().length / seconds }
  },
}

export type OrderStoreCommands = typeof commands

answerCommands(commands)
