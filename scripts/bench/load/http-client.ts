import type { Socket } from 'bun'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

const HEADERS_END = Buffer.from('\r\n\r\n')

/**
 * One keep-alive connection that has one request under way at a time. Reads the status, the
 * Content-Length and the body, so that the generator costs little beside the server it measures.
 */
export interface HttpConnection {
  request(bytes: Buffer): Promise<HttpAnswer>
  close(): void
}

export async function openHttp(port: number): Promise<HttpConnection> {
  let waiting: PromiseWithResolvers<HttpAnswer> | null = null
  let received: Buffer = Buffer.alloc(0)

  function fail(error: Error): void {
    waiting?.reject(error)
    waiting = null
  }
  const socket: Socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_socket, bytes) {
        received = received.length === 0 ? Buffer.from(bytes) : Buffer.concat([received, bytes])
        const answer = parseAnswer(received)
        if (!answer) return
        received = Buffer.alloc(0)
        waiting?.resolve(answer)
        waiting = null
      },
      close: () => fail(new Error('the server closed the HTTP connection')),
      error: (_socket, error) => fail(error),
    },
  })
  socket.setNoDelay(true)

  return {
    request(bytes) {
      if (waiting) throw new Error('a request is under way on this connection')
      waiting = Promise.withResolvers()
      if (socket.write(bytes) !== bytes.length) fail(new Error('the request did not fit'))
      return waiting.promise
    },
    close: () => socket.terminate(),
  }
}

/** The request that places an order, as a client sends it. */
export function postOrder(port: number, token: string, body: string): Buffer {
  const head = [
    'POST /api/orders HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ]
  return Buffer.from(head.join('\r\n') + body)
}

function parseAnswer(bytes: Buffer): HttpAnswer | null {
  const end = bytes.indexOf(HEADERS_END)
  if (end === -1) return null
  const head = bytes.subarray(0, end).toString()
  const length = /^content-length: (\d+)/im.exec(head)
  if (!length) throw new Error(`an answer without Content-Length: ${head}`)
  const from = end + HEADERS_END.length
  const to = from + Number(length[1])
  if (bytes.length < to) return null
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(from, to).toString() }
}
