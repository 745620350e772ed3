import { connect } from 'node:net'
import type { EventFrame } from '../../protocol/frames'
import { connectSocket, type SocketClient } from '../../testing/socket-client'
import { within } from '../../testing/within'

/** Other processes, and what lies between them, take their time on a busy machine. */
const DEADLINE_MS = 30_000

/** Connects to the server at `url` and authenticates. */
export async function signedIn(url: string, token: string): Promise<SocketClient> {
  const client = await connectSocket(`${url.replace('http', 'ws')}/ws`)
  client.send({ event: 'auth', data: { token } })
  await client.nextOf('authenticated', DEADLINE_MS)
  return client
}

/** The next event of a channel, whatever else comes. */
export async function nextEvent(client: SocketClient): Promise<EventFrame> {
  for (;;) {
    const frame = await client.next(DEADLINE_MS)
    if ('prev' in frame) return frame
  }
}

export interface Upgrade {
  /** Resolves to the code with which the server ends it. */
  readonly closed: Promise<number>
  end(): void
}

/**
 * Upgrades a connection that comes from an address of its own (127.0.0.2 and so on) and says nothing
 * more. Rejects where the upgrade is refused.
 */
export async function upgradeFrom(
  address: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Upgrade> {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress: address })
  const upgraded = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<number>()
  let received = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    const end = received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = received.subarray(0, end).toString()
    if (!head.startsWith('HTTP/1.1 101')) return upgraded.reject(new Error(head))
    upgraded.resolve()
    const frame = received.subarray(end + 4)
    // A close frame, of which the code comes first.
    if (frame.length >= 4 && frame[0] === 0x88) closed.resolve(frame.readUInt16BE(2))
  })
  socket.on('error', upgraded.reject)
  const lines = [
    'GET /ws HTTP/1.1',
    `host: ${host}`,
    'upgrade: websocket',
    'connection: upgrade',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await within(upgraded.promise, 'an upgrade', DEADLINE_MS)
  return { closed: closed.promise, end: () => void socket.destroy() }
}
