/**
 * Socket.IO with its Redis Streams adapter and connection state recovery, as its documentation has it:
 * sessions and missed events are in Redis, so that another server can restore them.
 */
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import type { ChannelName } from '../load/session'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import { sampleOrder } from '../lib/payload'
import { subjectOf } from '../lib/tokens'

/** More than all that a run publishes: nothing that a client missed is trimmed. */
const MAX_LEN = 1_000_000
const HOUR_MS = 3_600_000
const SETTLE_MS = 20

const http = createServer()
let io: Server | null = null
let redis: Redis | null = null
let events = 0

function started(): { readonly io: Server; readonly redis: Redis } {
  if (!io || !redis) throw new Error('not started')
  return { io, redis }
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

const commands = {
  async start(redisUrl: string, port: number) {
    redis = new Redis(redisUrl)
    io = new Server(http, {
      transports: ['websocket'],
      serveClient: false,
      adapter: createAdapter(redis, { maxLen: MAX_LEN }),
      connectionStateRecovery: { maxDisconnectionDuration: HOUR_MS, skipMiddlewares: true },
      // Nobody is given up because the restoring of all takes its time.
      connectTimeout: HOUR_MS,
      pingInterval: HOUR_MS,
    })
    io.on('connection', (socket) => {
      socket.on('subscribe', (channel: ChannelName, subject: string, joined: () => void) => {
        void socket.join(channel === 'admin' ? 'admin:dashboard' : `user:${subject}`)
        joined()
      })
    })
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
    const address = http.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return { port: address.port, listeningAt: now() }
  },
  /** Events of so many customers in turns, to the channel's rooms; resolves when all are in Redis. */
  async publish(channel: ChannelName, count: number, customers: number): Promise<void> {
    const { io, redis } = started()
    const before = await redis.xlen('socket.io')
    for (let index = 0; index < count; index++, events++) {
      const customer = subjectOf('customer', events % customers)
      const event = { id: String(events), data: sampleOrder(events, customer) }
      if (channel === 'admin') io.to('admin:dashboard').emit('admin:order:updated', event)
      else io.to(`user:${customer}`).emit('order:updated', event)
    }
    await until(async () => (await redis.xlen('socket.io')) >= before + count)
  },
  /**
   * One more event for each room, which is not counted: clients take their place in the Stream from
   * the last event that they got themselves.
   */
  mark(customers: number | null): void {
    const { io } = started()
    if (customers === null) io.to('admin:dashboard').emit('mark', '')
    for (let customer = 0; customer < (customers ?? 0); customer++)
      io.to(`user:${subjectOf('customer', customer)}`).emit('mark', '')
  },
  /** Resolves when so many sessions of clients that are gone are in Redis. */
  async sessionsKept(count: number): Promise<void> {
    // The Stream is a key too.
    await until(async () => (await started().redis.dbsize()) >= count + 1)
  },
  cpuMs,
}

export type SocketIoStreamsCommands = typeof commands

answerCommands(commands)
