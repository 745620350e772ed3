import type { ServerWebSocket } from 'bun'
import type { CloseCode } from '../../../server/protocol/close-codes'
import {
  decodeClientFrame,
  encodeFrame,
  joinFrames,
  splitFrames,
  type ClientFrame,
  type ServerFrame,
} from '../../../server/protocol/frames'
import { createQueue, type Queue } from './queue'

/** The server's side of one connection: the test says each word. */
export interface Peer {
  /** What the client sent, in order. */
  readonly frames: Queue<ClientFrame>
  readonly closed: Promise<number>
  /** Sends all in one WebSocket frame, one a line. */
  send(...frames: readonly (ServerFrame | string)[]): void
  /** Takes the client's auth and answers it. Resolves to the token. */
  authenticate(options?: { expiresAt?: number | null; heartbeatMs?: number }): Promise<string>
  close(end: CloseCode): void
  /** Ends the connection without a close frame, as a broken network does. */
  cut(): void
}

export interface ScriptedServer {
  readonly url: string
  /** Connections, in the order in which they were opened. */
  readonly peers: Queue<Peer>
  stop(): Promise<void>
}

interface Received {
  readonly frames: Queue<ClientFrame>
  readonly closed: PromiseWithResolvers<number>
}

/** A real WebSocket server on a port of its own that knows nothing of orders. */
export function startScriptedServer(): ScriptedServer {
  const peers = createQueue<Peer>('connections')
  const server = Bun.serve<Received>({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, bun) => {
      const data = {
        frames: createQueue<ClientFrame>('frames of the client'),
        closed: Promise.withResolvers<number>(),
      }
      return bun.upgrade(request, { data })
        ? undefined
        : new Response('WebSocket only', { status: 426 })
    },
    websocket: {
      open: (socket) => peers.put(peerOf(socket)),
      message(socket, text) {
        for (const line of splitFrames(String(text))) {
          const decoded = decodeClientFrame(line)
          if (!decoded.ok) throw new Error(`${decoded.message}: ${line}`)
          socket.data.frames.put(decoded.frame)
        }
      },
      close: (socket, code) => socket.data.closed.resolve(code),
    },
  })
  return {
    url: `ws://127.0.0.1:${server.port}/ws`,
    peers,
    stop: () => server.stop(true),
  }
}

function peerOf(socket: ServerWebSocket<Received>): Peer {
  const { frames, closed } = socket.data
  const peer: Peer = {
    frames,
    closed: closed.promise,
    send(...objects) {
      const lines = objects.map((frame) => (typeof frame === 'string' ? frame : encodeFrame(frame)))
      socket.sendText(joinFrames(lines))
    },
    async authenticate({ expiresAt = null, heartbeatMs = 10_000 } = {}) {
      const frame = await frames.next()
      if (frame.event !== 'auth') throw new Error(`expected auth, got ${frame.event}`)
      peer.send({ event: 'authenticated', data: { expiresAt, heartbeatMs } })
      return frame.data.token
    },
    close: ({ code, reason }) => socket.close(code, reason),
    cut: () => socket.terminate(),
  }
  return peer
}
