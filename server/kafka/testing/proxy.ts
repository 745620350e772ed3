import { connect, createServer, type Socket } from 'node:net'

/** Stands before a broker: what it answers can be kept from those who asked. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** While true nothing of what the broker says gets through; it hears all. */
  muted: boolean
  /** What the broker said while muted, in bytes. */
  readonly swallowed: number
}

export async function startProxy(target: number, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const proxy = { port, muted: false, swallowed: 0 }
  const server = createServer((client) => {
    const broker = connect({ host: '127.0.0.1', port: target })
    client.pipe(broker)
    broker.on('data', (bytes) => {
      if (proxy.muted) proxy.swallowed += bytes.length
      else client.write(bytes)
    })
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return Object.assign(proxy, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
