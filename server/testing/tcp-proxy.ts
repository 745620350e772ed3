import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and loses on demand what goes through it. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Where connections go that are made from now on. */
  target: number
  /** No answer comes back any more on the connections there are; what is sent still arrives. */
  muteAnswers(): void
  /**
   * The next time that a client sends `text` it is passed on, but its answer is not: the client's
   * connection ends once there is one.
   */
  swallowAnswerTo(text: string): void
  /** Ends all connections. */
  cut(): void
}

/** Listens on a free port of the loopback address and passes everything on to the port `target`. */
export async function startTcpProxy(target: number, hostname = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const muted = new WeakSet<Socket>()
  const state = { target, unanswered: null as string | null }
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Each end hears of the other's failure by the close that follows.
    socket.on('error', () => {})
  }
  const server = createServer((client) => {
    const upstream = connect(state.target, hostname)
    let swallowing = false
    for (const socket of [client, upstream]) keep(socket)
    client.on('data', (chunk: Buffer) => {
      if (state.unanswered !== null && chunk.includes(state.unanswered)) {
        state.unanswered = null
        swallowing = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (swallowing) client.destroy()
      else if (!muted.has(upstream)) client.write(chunk)
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
    swallowAnswerTo(text) {
      state.unanswered = text
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
