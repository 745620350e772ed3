/**
 * The peer that does nothing but its job: a bare `Bun.serve` with the topics of the real server. It
 * publishes prepared text, believes every token, and answers a resume with recorded frames.
 */
import type { ServerWebSocket } from 'bun'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import { openPacer } from '../lib/pacer'
import { collectedRss } from '../lib/memory'
import { prepareFrames } from './fan-out'
import type { FanOutOrder, Publication } from './fan-out'

type BareSocket = ServerWebSocket<undefined>

const MAX_BACKPRESSURE = 1_048_576

/** Between a socket's `auth` and its `subscribe` only. */
const subjects = new Map<BareSocket, string>()
let resumeFrames: readonly string[] = []
const pacer = await openPacer()
let server: Bun.Server<undefined> | null = null

function start(): Bun.Server<undefined> {
  return Bun.serve<undefined>({
    hostname: '127.0.0.1',
    port: 0,
    reusePort: false,
    fetch: (request, server) =>
      server.upgrade(request) ? undefined : new Response('', { status: 400 }),
    websocket: {
      message: receive,
      idleTimeout: 120,
      backpressureLimit: MAX_BACKPRESSURE,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
    },
  })
}

function receive(socket: BareSocket, text: string | Buffer): void {
  const { event, data } = JSON.parse(String(text)) as { event: string; data: { token?: string } }
  if (event === 'auth') {
    subjects.set(socket, subjectIn(data.token ?? ''))
    socket.send('{"event":"authenticated","data":{"expiresAt":null,"heartbeatMs":10000}}')
    return
  }
  const subject = subjects.get(socket)
  subjects.delete(socket)
  socket.subscribe(event === 'subscribe:admin' ? 'admin:dashboard' : `user:${subject}`)
  if (resumeFrames.length > 0) for (const frame of resumeFrames) socket.send(frame)
  else {
    socket.send(
      '{"event":"subscribed","data":{"channel":"admin","cursor":"1.00000000","last":null}}',
    )
    socket.send(
      '{"event":"caught-up","data":{"channel":"admin","cursor":"1.00000000","last":null,"replayed":0}}',
    )
  }
}

function subjectIn(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(claims) as { sub: string }).sub
}

const commands = {
  async start() {
    server = start()
    return { port: server.port!, pacerPort: pacer.port, listeningAt: now() }
  },
  publish(order: FanOutOrder) {
    const frames: readonly (readonly Publication[])[] = prepareFrames(order)
    const running = server
    if (!running) throw new Error('not started')
    return pacer.publish(order, (tick) => {
      for (const { topic, text } of frames[tick % frames.length]!) running.publish(topic, text)
    })
  },
  /** What a client gets that subscribes with a cursor, beside `authenticated`. */
  recorded(frames: readonly string[]): void {
    resumeFrames = frames.filter((frame) => !frame.startsWith('{"event":"authenticated"'))
  },
  rss: (): Promise<number> => collectedRss(),
  cpuMs,
}

export type BareCommands = typeof commands

answerCommands(commands)
