import {
  encodeFrame,
  splitFrames,
  type ClientFrame,
  type ServerFrame,
} from '../../../server/protocol/frames'
import type { OpenSocket, Socket, SocketListener } from '../socket'

/** The far end of a socket that was opened: the test is the server. */
export interface WireEnd {
  /** What was sent and not taken yet. */
  take(): readonly ClientFrame[]
  send(...frames: readonly ServerFrame[]): void
  end(end: { readonly code: number; readonly reason: string }): void
  readonly isDropped: boolean
}

/** Sockets without a network: opened at once, and what the other end sends is there at once. */
export interface Wire {
  readonly openSocket: OpenSocket
  readonly ends: readonly WireEnd[]
}

export function createWire(): Wire {
  const ends: WireEnd[] = []
  return {
    ends,
    openSocket(_, listener) {
      let sent: ClientFrame[] = []
      let isDropped = false
      ends.push({
        take() {
          const taken = sent
          sent = []
          return taken
        },
        send: (...frames) => listener.received(frames.map(encodeFrame).join('\n')),
        end: ({ code, reason }) => listener.ended(code, reason),
        get isDropped() {
          return isDropped
        },
      })
      queueMicrotask(() => listener.opened())
      return {
        send: (text) =>
          void sent.push(...splitFrames(text).map((line) => JSON.parse(line) as ClientFrame)),
        drop: () => {
          isDropped = true
        },
      }
    },
  }
}

/** A tab that speaks the protocol by hand. */
export interface HandTab extends Socket {
  ask(...frames: readonly ClientFrame[]): void
  /** What was received and not taken yet. */
  take(): readonly ServerFrame[]
  /** The code that it was ended with. */
  readonly endedWith: number | null
}

export function openTab(openSocket: OpenSocket, url = 'ws://shop/ws'): HandTab {
  let received: ServerFrame[] = []
  let endedWith: number | null = null
  const listener: SocketListener = {
    opened() {},
    received: (text) =>
      void received.push(
        ...splitFrames(String(text)).map((line) => JSON.parse(line) as ServerFrame),
      ),
    ended(code) {
      endedWith = code
    },
  }
  const socket = openSocket(url, listener)
  return {
    ...socket,
    ask: (...frames) => socket.send(frames.map(encodeFrame).join('\n')),
    take() {
      const taken = received
      received = []
      return taken
    },
    get endedWith() {
      return endedWith
    },
  }
}
