/**
 * The peer of the order commands: bare `Bun.serve` before bare `bun:sqlite`. Each request does the
 * recorded writes of one order, those of one turn of the loop share a commit, then the event is
 * published and the order is the answer.
 */
import type { ServerWebSocket } from 'bun'
import { join } from 'node:path'
import { encodeEventFrame } from '../../../server/protocol/frames'
import { answerCommands } from '../lib/commands'
import { openReplayer, orderOf } from '../lib/recording'
import type { Replayer, Work } from '../lib/recording'

interface Waiting {
  readonly work: Work
  readonly answer: (response: Response) => void
}

const TOPIC = 'admin:dashboard'

let replayer: Replayer | null = null
let works: readonly Work[] = []
let next = 0
let waiting: Waiting[] = []
let events = 0
let server: Bun.Server<undefined> | null = null

async function placeOrder(request: Request): Promise<Response> {
  await request.json()
  const work = works[next++]
  if (!work) return new Response('the recording has no more orders', { status: 500 })
  return new Promise((answer) => {
    waiting.push({ work, answer })
    if (waiting.length === 1) setImmediate(commit)
  })
}

function commit(): void {
  const group = waiting
  waiting = []
  replayer?.commit(group.map(({ work }) => work))
  for (const { work, answer } of group) {
    const order = orderOf(work)
    server?.publish(
      TOPIC,
      encodeEventFrame('admin', 'created', cursor(++events), cursor(events - 1), order),
    )
    answer(new Response(order, { status: 201, headers: { 'content-type': 'application/json' } }))
  }
}

function cursor(place: number): string {
  return `${place}.${place.toString(16).padStart(8, '0')}`
}

function receive(socket: ServerWebSocket<undefined>, text: string | Buffer): void {
  if (!String(text).startsWith('{"event":"subscribe:admin"')) return
  socket.subscribe(TOPIC)
  socket.send(
    '{"event":"caught-up","data":{"channel":"admin","cursor":"1.00000000","last":null,"replayed":0}}',
  )
}

const commands = {
  start({ dataDir, recording }: { dataDir: string; recording: string }) {
    replayer = openReplayer(recording, join(dataDir, 'bare.db'))
    works = replayer.groups.flat()
    server = Bun.serve<undefined>({
      hostname: '127.0.0.1',
      port: 0,
      reusePort: false,
      routes: { '/api/orders': { POST: placeOrder } },
      fetch: (request, server) =>
        server.upgrade(request) ? undefined : new Response('', { status: 404 }),
      websocket: { message: receive },
    })
    return { port: server.port! }
  },
}

export type BareOrdersCommands = typeof commands

answerCommands(commands)
