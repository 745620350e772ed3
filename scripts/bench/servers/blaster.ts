/** A server that does nothing but write prepared frames to raw sockets: what can the generator read? */
import type { Socket } from 'bun'
import { answerCommands } from '../lib/commands'
import { encodeServerText } from '../lib/websocket-frames'

interface Reader {
  /** Bytes of the prepared chunk that the kernel did not take yet. */
  unsent: Buffer
  chunksLeft: number
}

const UPGRADED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const CAUGHT_UP = encodeServerText('{"event":"caught-up","data":{}}')
const CHUNK_BYTES = 65_536

const readers = new Set<Socket<Reader>>()
let chunk: Buffer = Buffer.alloc(0)

function fill(socket: Socket<Reader>): void {
  const reader = socket.data
  for (;;) {
    if (reader.unsent.length === 0) {
      if (reader.chunksLeft-- <= 0) return
      reader.unsent = chunk
    }
    const written = socket.write(reader.unsent)
    reader.unsent = reader.unsent.subarray(Math.max(written, 0))
    if (reader.unsent.length > 0) return
  }
}

const listener = Bun.listen<Reader>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      socket.data = { unsent: Buffer.alloc(0), chunksLeft: 0 }
    },
    data(socket) {
      if (readers.has(socket)) return
      readers.add(socket)
      socket.write(Buffer.concat([Buffer.from(UPGRADED), CAUGHT_UP]))
    },
    drain: fill,
    close: (socket) => void readers.delete(socket),
  },
})

const commands = {
  port: (): number => listener.port,
  /** Writes the frame over and over to all sockets; answers how many frames each of them gets. */
  blast(frame: string, bytesEach: number): number {
    const bytes = encodeServerText(frame)
    const framesAChunk = Math.max(1, Math.floor(CHUNK_BYTES / bytes.length))
    chunk = Buffer.concat(Array.from({ length: framesAChunk }, () => bytes))
    const chunks = Math.ceil(bytesEach / chunk.length)
    for (const socket of readers) socket.data.chunksLeft = chunks
    for (const socket of readers) fill(socket)
    return chunks * framesAChunk
  },
}

export type BlasterCommands = typeof commands

answerCommands(commands)
