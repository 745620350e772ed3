import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to Redis on which the log can be made to seem silent; all else goes on. */
export interface TailProxy extends AsyncDisposable {
  readonly url: string
  /** Whoever follows the log is told that nothing came. */
  hold(): void
  release(): void
}

/** How XREAD's answer begins where there are entries of the log, and what it is where there are none. */
const NEWS = /^\*1\r\n\*2\r\n\$\d+\r\n\{\w+\}:feed\r\n/
const NO_NEWS = '*-1\r\n'
/** It is asked for again at once. */
const NO_NEWS_AFTER_MS = 100

export async function startTailProxy(redisPort: number): Promise<TailProxy> {
  const sockets = new Set<Socket>()
  let holding = false
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1')
    for (const socket of [client, redis]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        redis.destroy()
      })
    }
    client.on('data', (bytes) => redis.write(bytes))
    redis.on('data', (bytes: Buffer) => {
      if (!holding || !NEWS.test(bytes.toString('latin1'))) client.write(bytes)
      else setTimeout(() => client.write(NO_NEWS), NO_NEWS_AFTER_MS)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      holding = true
    },
    release() {
      holding = false
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<unknown>((resolve) => server.close(resolve))
    },
  }
}
