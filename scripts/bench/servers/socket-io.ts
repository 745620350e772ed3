/** Socket.IO as its documentation has it: one topic a join, one emit an event, WebSocket only. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { answerCommands } from '../lib/commands'
import { openPacer } from '../lib/pacer'
import { prepareTicks } from './fan-out'
import type { FanOutOrder } from './fan-out'

const pacer = await openPacer()
const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false })

io.on('connection', (socket) => {
  socket.on('subscribe', (channel: 'admin' | 'orders', subject: string) => {
    void socket.join(channel === 'admin' ? 'admin:dashboard' : `user:${subject}`)
    socket.emit('subscribed', channel)
  })
})

const commands = {
  async start() {
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const address = http.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return { port: address.port, pacerPort: pacer.port }
  },
  publish(order: FanOutOrder) {
    const ticks = prepareTicks(order)
    let place = 100_000
    const cursor = (at: number): string => `${at}.${at.toString(16).padStart(8, '0')}`
    const board = order.audience === 'board'
    return pacer.publish(order, (tick) => {
      for (const data of ticks[tick % ticks.length]!) {
        const event = { id: cursor(++place), prev: cursor(place - 1), data }
        if (board) io.to('admin:dashboard').emit('admin:order:updated', event)
        else io.to(`user:${data.buyerId}`).emit('order:updated', event)
      }
    })
  },
}

export type SocketIoCommands = typeof commands

answerCommands(commands)
