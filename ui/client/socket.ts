import { CLOSE_CODES } from '../../server/protocol/close-codes'

/** One WebSocket, as far as the client needs it. */
export interface Socket {
  /** Sends a text frame; without effect once the socket has ended. */
  send(text: string): void
  /** Closes it. The listener is not called any more, not even for the end. */
  drop(): void
}

export interface SocketListener {
  opened(): void
  /** A frame: a string, or what the platform makes of binary. */
  received(data: unknown): void
  /** Once. A handshake that failed ends with 1006, as browsers have it. */
  ended(code: number, reason: string): void
}

export type OpenSocket = (url: string, listener: SocketListener) => Socket

/** The platform's WebSocket (browsers, Bun, Node 22). */
export const openWebSocket: OpenSocket = (url, listener) => {
  const socket = new WebSocket(url)
  const ending = new AbortController()
  const { signal } = ending
  socket.addEventListener('open', () => listener.opened(), { signal })
  socket.addEventListener('message', (event) => listener.received(event.data), { signal })
  socket.addEventListener(
    'close',
    (event) => {
      ending.abort()
      listener.ended(event.code, event.reason)
    },
    { signal },
  )
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    drop() {
      ending.abort()
      socket.close(CLOSE_CODES.normal.code, CLOSE_CODES.normal.reason)
    },
  }
}
