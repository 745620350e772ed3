import { writeFileSync } from 'node:fs'
import { openKafka } from '../server/kafka/client'
import { createLogger } from '../server/lib/logger'
import { ORDER_STATUSES } from '../server/protocol/order-status'
import { HELP, readOptions, type Options } from './foreign-orders/options'
import { sendAll } from './foreign-orders/send'
import { createOrderService, type OrderService } from './foreign-orders/service'

process.exitCode = await run(process.argv.slice(2))

/** 0: sent; 1: it failed; 2: used wrongly. */
async function run(args: readonly string[]): Promise<number> {
  let usage = true
  try {
    const options = readOptions(args, process.env)
    usage = false
    if (options) await play(options)
    else console.log(HELP)
    return 0
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    console.error(usage ? `${said} (scripts/order-service --help)` : said)
    return usage ? 2 : 1
  }
}

async function play(options: Options): Promise<void> {
  const { kafka: settings, topics, seed, orders, users, rate, expect } = options
  const service = createOrderService({ seed, orders, users, now: Date.now })
  const stopping = stopOnSignal(service)
  const kafka = openKafka({ ...settings, clientId: 'order-service' }, createLogger('silent'))
  const names = topics.kind === 'one' ? [topics.name] : Object.values(topics.names)
  console.log(`Sending to ${names.join(', ')} at ${settings.brokers.join(', ')} (--seed ${seed}).`)
  try {
    const made = await kafka.ensureTopics(names)
    if (made.length > 0) console.log(`Made the topics ${made.join(', ')}.`)
    const producer = kafka.producer()
    await sendAll({ service, producer, topics, rate, signal: stopping, say: console.log })
  } finally {
    await kafka.close()
  }
  if (expect !== null) writeFileSync(expect, `${JSON.stringify(service.ended(), null, 2)}\n`)
  console.log(summaryOf(service))
  if (expect !== null) console.log(`What every order must end as is in ${expect}.`)
}

/** The first signal ends the changes; the second is from somebody who does not want to wait. */
function stopOnSignal(service: OrderService): AbortSignal {
  const stopping = new AbortController()
  const stop = (code: number) => () => {
    if (stopping.signal.aborted) process.exit(code)
    console.log('Stopping: what was made is still sent ...')
    service.stop()
    stopping.abort()
  }
  process.on('SIGINT', stop(130))
  process.on('SIGTERM', stop(143))
  return stopping.signal
}

function summaryOf(service: OrderService): string {
  const { orders, sent, again } = service.figures
  const ended = service.ended()
  const ends = ORDER_STATUSES.map((status) => ({
    status,
    count: ended.filter((order) => order.status === status).length,
  }))
  const counts = ends
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
  return `Sent ${sent} events of ${orders} orders, ${again} of them again: ${counts.join(', ')}.`
}
