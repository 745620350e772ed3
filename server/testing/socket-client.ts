import { type ClientFrame, encodeFrame, type ServerFrame, splitFrames } from '../protocol/frames'

/** The object of the protocol that has this name. */
export type Named<Event extends ServerFrame['event'], Frame = ServerFrame> = Frame extends {
  readonly event: infer Names
}
  ? Event extends Names
    ? Frame & { readonly event: Event }
    : never
  : never

export interface Closed {
  readonly code: number
  readonly reason: string
}

const DEADLINE_MS = 5_000

/** The types of the DOM know only what a browser can do. */
interface BunSocket extends WebSocket {
  terminate(): void
}
const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: Record<string, string> },
) => BunSocket

/**
 * A client without any rules: what arrives is queued, one line = one object, and taken in order.
 * Waiting ends with an error at its deadline, or when the socket closes before.
 */
export class SocketClient {
  /** Resolves when the socket is closed, by whichever side. */
  readonly closed: Promise<Closed>
  private readonly queue: ServerFrame[] = []
  private wake: (() => void) | null = null
  private ending: Closed | null = null

  constructor(private readonly socket: BunSocket) {
    socket.addEventListener('message', ({ data }) => {
      for (const line of splitFrames(String(data))) this.queue.push(JSON.parse(line))
      this.wake?.()
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.ending = { code, reason }
        this.wake?.()
        resolve(this.ending)
      })
    })
  }

  /** Sends the objects in one frame, one a line. */
  send(...frames: readonly ClientFrame[]): void {
    this.socket.send(frames.map(encodeFrame).join('\n'))
  }

  sendRaw(frame: string | Uint8Array<ArrayBuffer>): void {
    this.socket.send(frame)
  }

  /** The next object. */
  async next(deadlineMs = DEADLINE_MS): Promise<ServerFrame> {
    const deadline = performance.now() + deadlineMs
    for (;;) {
      const frame = this.queue.shift()
      if (frame) return frame
      const leftMs = deadline - performance.now()
      if (this.ending) throw new Error(`closed with ${this.ending.code} ${this.ending.reason}`)
      if (leftMs <= 0) throw new Error(`nothing arrived in ${deadlineMs} ms`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.wake = null
    }
  }

  /** The next object of that name; others before it are thrown away. */
  async nextOf<Event extends ServerFrame['event']>(
    event: Event,
    deadlineMs = DEADLINE_MS,
  ): Promise<Named<Event>> {
    const deadline = performance.now() + deadlineMs
    for (;;) {
      const frame = await this.next(Math.max(0, deadline - performance.now()))
      if (frame.event === event) return frame as Named<Event>
    }
  }

  /** Objects that arrived and were not taken. */
  get pending(): readonly ServerFrame[] {
    return this.queue
  }

  close(code = 1000): Promise<Closed> {
    this.socket.close(code)
    return this.closed
  }

  /** Breaks the connection without a word. */
  cut(): Promise<Closed> {
    this.socket.terminate()
    return this.closed
  }
}

/** Resolves when the connection is open; rejects where the upgrade was refused. */
export async function connectSocket(
  url: string,
  options: { readonly headers?: Record<string, string> } = {},
): Promise<SocketClient> {
  const socket = new BunWebSocket(url, { headers: options.headers ?? {} })
  const client = new SocketClient(socket)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('close', ({ code, reason }) =>
      reject(new Error(`not connected: ${code} ${reason}`)),
    )
  })
  return client
}
