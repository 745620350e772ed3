/**
 * The peer of the whole way from Kafka to the browser: a kafkajs consumer and a bare `Bun.serve` in one
 * process, which publishes each record as it comes, and keeps nothing.
 */
import { Kafka, logLevel } from 'kafkajs'
import { encodeEventFrame } from '../../../server/protocol/frames'
import { answerCommands } from '../lib/commands'
import type { Topics } from '../lib/distributed'

const TOPIC = 'admin:dashboard'
const CAUGHT_UP =
  '{"event":"caught-up","data":{"channel":"admin","cursor":"1.00000000","last":null,"replayed":0}}'

let events = 0

function cursor(place: number): string {
  return `${place}.${place.toString(16).padStart(8, '0')}`
}

const commands = {
  /** Resolves when it listens and has joined its group. */
  async start(broker: string, topics: Topics, maxWaitTimeInMs: number) {
    const server = Bun.serve<undefined>({
      hostname: '127.0.0.1',
      port: 0,
      reusePort: false,
      fetch: (request, server) =>
        server.upgrade(request) ? undefined : new Response('', { status: 404 }),
      websocket: {
        message(socket, text) {
          if (!String(text).startsWith('{"event":"subscribe:admin"')) return
          socket.subscribe(TOPIC)
          socket.send(CAUGHT_UP)
        },
      },
    })
    const kafka = new Kafka({ brokers: [broker], clientId: 'bare', logLevel: logLevel.NOTHING })
    const consumer = kafka.consumer({ groupId: `bare-${crypto.randomUUID()}`, maxWaitTimeInMs })
    const joined = Promise.withResolvers<void>()
    consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve())
    await consumer.connect()
    await consumer.subscribe({ topics: Object.values(topics), fromBeginning: false })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) {
          const id = cursor(++events)
          const frame = encodeEventFrame('admin', 'created', id, cursor(events - 1), String(value))
          server.publish(TOPIC, frame)
        }
      },
    })
    await joined.promise
    return { port: server.port! }
  },
}

export type BarePipeCommands = typeof commands

answerCommands(commands)
