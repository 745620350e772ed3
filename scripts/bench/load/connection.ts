import type { Socket } from 'bun'
import { CountingReader, encodePong, encodeText, upgradeRequest } from '../lib/websocket-frames'
import type { FrameSink, NameOffset } from '../lib/websocket-frames'
import type { Session } from './session'

const HEADERS_END = Buffer.from('\r\n\r\n')

/** Deliveries over all connections of this process. */
export interface Totals {
  deliveries: number
  textFrames: number
  bytes: number
  /** Called when a chunk brought deliveries. */
  onDeliveries(): void
}

/** One client: a TCP connection, upgraded by hand, whose frames are counted and not parsed. */
export class Connection implements FrameSink {
  readonly reader: CountingReader
  /** Resolves with the line that made it ready (`caught-up`). */
  readonly whenReady = Promise.withResolvers<string>()
  #socket: Socket<Connection> | null = null
  #upgraded = false
  #answer: Buffer = Buffer.alloc(0)
  #closing = false
  readonly #greeting: Buffer

  constructor(
    private readonly session: Session,
    private readonly totals: Totals,
    nameOffset: NameOffset,
  ) {
    this.reader = new CountingReader(nameOffset, this)
    this.#greeting = Buffer.concat(session.greeting.map(encodeText))
    this.whenReady.promise.catch(() => {})
  }

  async open(port: number): Promise<void> {
    await Bun.connect({ hostname: '127.0.0.1', port, data: this, socket: HANDLERS })
  }

  opened(socket: Socket<Connection>, port: number): void {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.write(upgradeRequest(this.session.path, port))
  }

  received(bytes: Buffer): void {
    if (bytes.length === 0) return this.fail(new Error('the server closed the connection'))
    this.totals.bytes += bytes.length
    if (this.#upgraded) this.#count(bytes)
    else this.#awaitUpgrade(bytes)
  }

  #count(bytes: Buffer): void {
    const { events, textFrames } = this.reader
    this.reader.read(bytes)
    this.totals.textFrames += this.reader.textFrames - textFrames
    if (this.reader.events === events) return
    this.totals.deliveries += this.reader.events - events
    this.totals.onDeliveries()
  }

  #awaitUpgrade(bytes: Buffer): void {
    this.#answer = Buffer.concat([this.#answer, bytes])
    const end = this.#answer.indexOf(HEADERS_END)
    if (end === -1) return
    const head = this.#answer.subarray(0, end).toString()
    const rest = this.#answer.subarray(end + HEADERS_END.length)
    this.#answer = Buffer.alloc(0)
    if (!head.startsWith('HTTP/1.1 101')) return this.fail(new Error(`no upgrade: ${head}`))
    this.#upgraded = true
    if (this.#greeting.length > 0) this.#socket?.write(this.#greeting)
    if (rest.length > 0) this.#count(Buffer.from(rest))
  }

  /** Hands the socket over to a reader of its own (see `readDirectly`). */
  handOver(): number {
    const socket = this.#socket
    if (!socket || !('fd' in socket) || typeof socket.fd !== 'number')
      throw new Error('the socket is not open, or the runtime does not show its descriptor')
    socket.pause()
    return socket.fd
  }

  send(text: string): void {
    this.#socket?.write(encodeText(text))
  }

  onLine(text: string): void {
    this.session.onLine(text, this)
  }

  onPing(payload: Buffer): void {
    this.#socket?.write(encodePong(payload))
  }

  onClose(code: number, reason: string): void {
    this.fail(new Error(`the server closed with ${code} ${reason}`))
  }

  ready(line: string): void {
    this.whenReady.resolve(line)
  }

  fail(error: Error): void {
    this.whenReady.reject(error)
    if (!this.#closing) failures.push(error)
  }

  closed(error: Error | undefined): void {
    if (!this.#closing) this.fail(error ?? new Error('the server closed the connection'))
  }

  /** Resets the connection (RST), as a cut cable seen from the other end, and leaves no TIME_WAIT. */
  reset(): void {
    this.#closing = true
    this.#socket?.terminate()
  }
}

/** What went wrong on connections that nobody had closed; a scenario with any is no measurement. */
export const failures: Error[] = []

const HANDLERS = {
  open: (socket: Socket<Connection>) => socket.data.opened(socket, socket.remotePort),
  data: (socket: Socket<Connection>, bytes: Buffer) => socket.data.received(bytes),
  close: (socket: Socket<Connection>, error?: Error) => socket.data.closed(error),
  error: (socket: Socket<Connection>, error: Error) => socket.data.fail(error),
  connectError: (socket: Socket<Connection>, error: Error) => socket.data.fail(error),
}
