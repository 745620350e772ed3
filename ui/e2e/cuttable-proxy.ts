import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to the server that can be cut, as a network can. */
export interface CuttableProxy {
  readonly url: string
  /** Breaks every connection, and each new one, without a word. */
  cut(): void
  restore(): void
  close(): void
}

export async function startCuttableProxy(port: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let isCut = false

  function track(socket: Socket, other: Socket): void {
    sockets.add(socket)
    // What ends here ends there; an error is always followed by `close`.
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }

  const proxy = createServer((incoming) => {
    if (isCut) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect(port, '127.0.0.1')
    track(incoming, outgoing)
    track(outgoing, incoming)
    incoming.pipe(outgoing).pipe(incoming)
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
    close() {
      cut()
      proxy.close()
    },
  }
}
