import { randomBytes } from 'node:crypto'

/** Opcodes of RFC 6455. */
const CONTINUATION = 0x0
const TEXT = 0x1
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa

const NEWLINE = 10
/** The kinds of a line; it is known once the bytes that tell are there. */
const UNKNOWN = 0
const EVENT = 1
const OTHER = 2

const NOTHING = Buffer.alloc(0)

export interface FrameSink {
  /** A line of a text frame that is not an order's event. */
  onLine(text: string): void
  onPing(payload: Buffer): void
  onClose(code: number, reason: string): void
}

/**
 * Where an event's name starts in a line: 10 in `{"event":"order:…`, 4 in `42["order:…`.
 * `order:` and `admin:order:` are what is counted; `admin:stats` and all others are not.
 */
export type NameOffset = 10 | 4

/**
 * Counts delivered events in the bytes of one connection, however they are cut, and parses nothing
 * but frame headers and the two bytes that tell an event from another line. A frame carries one or
 * more objects, one a line, so events are counted by newlines: exact, at the speed of memchr.
 */
export class CountingReader {
  events = 0
  textFrames = 0
  #kind = UNKNOWN
  #line: Buffer = NOTHING
  #opcode = TEXT
  #left = 0
  #header: Buffer = NOTHING
  #control: Buffer = NOTHING
  #newline = -1

  constructor(
    private readonly nameOffset: NameOffset,
    private readonly sink: FrameSink,
  ) {}

  read(bytes: Buffer): void {
    let chunk = bytes
    if (this.#header.length > 0) {
      chunk = Buffer.concat([this.#header, bytes])
      this.#header = NOTHING
    }
    this.#newline = -1
    let at = 0
    while (at < chunk.length) {
      if (this.#left === 0) {
        const size = this.#readHeader(chunk, at)
        if (size === 0) {
          this.#header = Buffer.from(chunk.subarray(at))
          return
        }
        at += size
        if (this.#left === 0) {
          if (this.#opcode !== TEXT) this.#readControl(chunk, at, at)
          continue
        }
      }
      const end = Math.min(at + this.#left, chunk.length)
      this.#left -= end - at
      if (this.#opcode === TEXT) this.#readText(chunk, at, end)
      else this.#readControl(chunk, at, end)
      at = end
    }
  }

  /** The size of the header at `at`, or 0 where it is not complete yet. */
  #readHeader(chunk: Buffer, at: number): number {
    if (chunk.length < at + 2) return 0
    const short = chunk[at + 1]!
    const size = short < 126 ? 2 : short === 126 ? 4 : 10
    if (chunk.length < at + size) return 0
    const opcode = chunk[at]! & 0x0f
    if (opcode === CONTINUATION || (chunk[at]! & 0x80) === 0)
      throw new Error('a fragmented frame: this reader counts whole ones')
    this.#opcode = opcode
    this.#left =
      size === 2 ? short : size === 4 ? chunk.readUInt16BE(at + 2) : chunk.readUIntBE(at + 4, 6)
    if (opcode === TEXT) this.textFrames++
    return size
  }

  #readText(chunk: Buffer, from: number, end: number): void {
    let at = from
    while (at < end) {
      if (this.#kind === UNKNOWN) this.#classify(chunk, at, end)
      const newline = this.#nextNewline(chunk, at)
      const stop = newline < end ? newline : end
      if (this.#kind !== EVENT) this.#line = Buffer.concat([this.#line, chunk.subarray(at, stop)])
      at = stop
      if (newline < end) {
        this.#endLine()
        at++
      }
    }
    if (this.#left === 0) this.#endLine()
  }

  /** Tells an event from another line where enough of it is there: else it stays unknown. */
  #classify(chunk: Buffer, at: number, end: number): void {
    const needed = this.nameOffset + 7
    if (this.#line.length === 0 && end - at >= needed) {
      this.#kind = kindOf(chunk, at + this.nameOffset)
      return
    }
    const head = Buffer.concat([this.#line, chunk.subarray(at, Math.min(end, at + needed))])
    if (head.length < needed) return
    this.#kind = kindOf(head, this.nameOffset)
    if (this.#kind === EVENT) this.#line = NOTHING
  }

  #nextNewline(chunk: Buffer, at: number): number {
    if (this.#newline < at) {
      const found = chunk.indexOf(NEWLINE, at)
      this.#newline = found === -1 ? Number.POSITIVE_INFINITY : found
    }
    return this.#newline
  }

  #endLine(): void {
    if (this.#kind === EVENT) this.events++
    else if (this.#line.length > 0) {
      const text = this.#line.toString()
      this.#line = NOTHING
      this.sink.onLine(text)
    }
    this.#kind = UNKNOWN
  }

  #readControl(chunk: Buffer, from: number, end: number): void {
    this.#control = Buffer.concat([this.#control, chunk.subarray(from, end)])
    if (this.#left > 0) return
    const payload = this.#control
    this.#control = NOTHING
    if (this.#opcode === PING) this.sink.onPing(payload)
    if (this.#opcode === CLOSE)
      this.sink.onClose(
        payload.length >= 2 ? payload.readUInt16BE(0) : 1005,
        payload.subarray(2).toString(),
      )
  }
}

/** `order:` is an event, and `admin:order:`; `admin:stats`, `authenticated` and the rest are not. */
function kindOf(bytes: Buffer, name: number): number {
  const o = 0x6f
  if (bytes[name] === o) return EVENT
  return bytes[name] === 0x61 && bytes[name + 5] === 0x3a && bytes[name + 6] === o ? EVENT : OTHER
}

/** A client's text frame: final, masked. */
export function encodeText(text: string): Buffer {
  return encodeMasked(TEXT, Buffer.from(text))
}

export function encodePong(payload: Buffer): Buffer {
  return encodeMasked(PONG, payload)
}

/** A server's text frame: final, not masked. */
export function encodeServerText(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([encodeHeader(TEXT, payload.length, 0), payload])
}

function encodeMasked(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = payload.map((byte, index) => byte ^ mask[index & 3]!)
  return Buffer.concat([encodeHeader(opcode, payload.length, 0x80), mask, masked])
}

function encodeHeader(opcode: number, length: number, masked: 0 | 0x80): Buffer {
  const first = 0x80 | opcode
  if (length < 126) return Buffer.from([first, masked | length])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = first
  header[1] = masked | (header.length === 4 ? 126 : 127)
  if (header.length === 4) header.writeUInt16BE(length, 2)
  else header.writeUIntBE(length, 4, 6)
  return header
}

/** The request that upgrades a connection; any key does, the answer's hash of it is not checked. */
export function upgradeRequest(path: string, port: number): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n')
}
