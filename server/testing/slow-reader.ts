import type { Socket } from 'bun'
import { type ClientFrame, encodeFrame } from '../protocol/frames'

/**
 * A WebSocket client over bare TCP that takes what arrives only when it is told to. Frames of the
 * server are counted in bytes, not decoded.
 */
export class SlowReader {
  receivedBytes = 0
  readonly closed: Promise<void>
  private tail = ''

  private constructor(
    private readonly socket: Socket<undefined>,
    private readonly watch: { data: (chunk: Buffer) => void; close: () => void },
  ) {
    this.closed = new Promise((resolve) => (this.watch.close = resolve))
    this.watch.data = (chunk) => {
      this.receivedBytes += chunk.byteLength
      this.tail = (this.tail + chunk.toString('latin1')).slice(-4_096)
      this.wake?.()
    }
  }

  private wake: (() => void) | null = null

  /** Resolves when the upgrade was accepted. */
  static async connect(url: string): Promise<SlowReader> {
    const { hostname, port, pathname, host } = new URL(url)
    const watch = { data: (_: Buffer) => {}, close: () => {} }
    const socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (_, chunk) => watch.data(chunk),
        close: () => watch.close(),
        error: () => watch.close(),
      },
    })
    const reader = new SlowReader(socket, watch)
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${btoa('sixteen bytes ok')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
    await reader.until('\r\n\r\n')
    return reader
  }

  /** Resolves when `text` was among the last bytes that arrived. */
  async until(text: string, deadlineMs = 5_000): Promise<void> {
    const deadline = performance.now() + deadlineMs
    while (!this.tail.includes(text)) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) throw new Error(`${text} did not arrive in ${deadlineMs} ms`)
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

  /** Stops taking: what the kernel cannot hold stays with the server. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  send(frame: ClientFrame): void {
    this.socket.write(masked(encodeFrame(frame)))
  }

  end(): void {
    this.socket.terminate()
  }
}

/** A text frame of up to 65,535 bytes, masked with zeros (RFC 6455, section 5.2). */
function masked(text: string): Buffer {
  const payload = Buffer.from(text)
  const long = payload.byteLength > 125
  const head = Buffer.alloc(long ? 8 : 6)
  head[0] = 0x81
  head[1] = 0x80 | (long ? 126 : payload.byteLength)
  if (long) head.writeUInt16BE(payload.byteLength, 2)
  return Buffer.concat([head, payload])
}
