import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to the server that can be cut, as a network can. */
export interface CuttableProxy {
  readonly url: string
  /** Breaks every connection, and each new one, without a word. */
  cut(): void
  restore(): void
  /** Of each WebSocket from now on no more than so many bytes come through, until `release`. */
  holdSockets(bytes: number): void
  release(): void
  /**
   * The next connection that sends `text` gets no answer. Resolves once the answer is here; it is lost
   * when the connection breaks.
   */
  keepAnswerTo(text: string): Promise<void>
  close(): void
}

export async function startCuttableProxy(port: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  const held = new Set<() => void>()
  let isCut = false
  let maxSocketBytes = Infinity
  /** Texts to which no answer is given, and whom to tell. */
  const unanswered = new Map<string, () => void>()

  function track(socket: Socket, other: Socket): void {
    sockets.add(socket)
    // What ends here ends there; an error is always followed by `close`.
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }

  /** Passes on what the server says, as long as it may. */
  function answer(incoming: Socket, outgoing: Socket): void {
    let isWebSocket = false
    let keeping: (() => void) | null = null
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      isWebSocket ||= chunk.includes('GET /ws ')
      const text = [...unanswered.keys()].find((each) => chunk.includes(each))
      if (text === undefined) return
      keeping = unanswered.get(text)!
      unanswered.delete(text)
    })
    outgoing.on('data', (chunk: Buffer) => {
      if (keeping) return keeping()
      const room = isWebSocket ? maxSocketBytes - bytes : Infinity
      bytes += chunk.length
      if (room >= chunk.length) return void incoming.write(chunk)
      outgoing.pause()
      incoming.write(chunk.subarray(0, Math.max(0, room)))
      const goOn = () => {
        held.delete(goOn)
        incoming.write(chunk.subarray(Math.max(0, room)))
        outgoing.resume()
      }
      held.add(goOn)
      incoming.on('close', () => held.delete(goOn))
    })
    outgoing.on('end', () => incoming.end())
  }

  const proxy = createServer((incoming) => {
    if (isCut) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect(port, '127.0.0.1')
    track(incoming, outgoing)
    track(outgoing, incoming)
    answer(incoming, outgoing)
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  function cut(): void {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }

  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    restore() {
      isCut = false
    },
    holdSockets(bytes) {
      maxSocketBytes = bytes
    },
    release() {
      maxSocketBytes = Infinity
      for (const goOn of held) goOn()
    },
    keepAnswerTo(text) {
      const { promise, resolve } = Promise.withResolvers<void>()
      unanswered.set(text, resolve)
      return promise
    },
    close() {
      cut()
      proxy.close()
    },
  }
}
