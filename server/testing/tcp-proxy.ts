import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and loses on demand what goes through it. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Where connections go that are made from now on. */
  target: number
  /** No answer comes back any more on the connections there are; what is sent still arrives. */
  muteAnswers(): void
  /** Ends all connections. */
  cut(): void
}

/** Listens on a free port of the loopback address and passes everything on to the port `target`. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const muted = new WeakSet<Socket>()
  const state = { target }
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Each end hears of the other's failure by the close that follows.
    socket.on('error', () => {})
  }
  const server = createServer((client) => {
    const upstream = connect(state.target, '127.0.0.1')
    for (const socket of [client, upstream]) keep(socket)
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      if (!muted.has(upstream)) client.write(chunk)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    get target() {
      return state.target
    },
    set target(port) {
      state.target = port
    },
    muteAnswers() {
      for (const socket of sockets) muted.add(socket)
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
