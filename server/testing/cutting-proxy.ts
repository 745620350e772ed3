import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Passes TCP on, until it is told to swallow an answer. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  /**
   * The next time that a client sends `text` it is passed on, but what is answered from then on is
   * not: the client's connection ends once there is an answer.
   */
  swallowAnswerTo(text: string): void
  /** The connections there are stay open, and nothing comes through any more; new ones work. */
  silence(): void
}

export async function startCuttingProxy(target: {
  readonly hostname: string
  readonly port: number
}): Promise<CuttingProxy> {
  let marker: string | null = null
  const sockets = new Set<Socket>()
  let silent = new Set<Socket>()
  const server = createServer((client) => {
    const service = connect(target.port, target.hostname)
    let cut = false
    for (const socket of [client, service]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        service.destroy()
      })
    }
    client.on('data', (bytes: Buffer) => {
      if (marker !== null && bytes.includes(marker)) {
        marker = null
        cut = true
      }
      service.write(bytes)
    })
    service.on('data', (bytes: Buffer) => {
      if (cut) client.destroy()
      else if (!silent.has(service)) client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    swallowAnswerTo(text) {
      marker = text
    },
    silence() {
      silent = new Set(sockets)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<unknown>((resolve) => server.close(resolve))
    },
  }
}
