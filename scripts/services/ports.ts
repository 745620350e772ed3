import { createServer, connect } from 'node:net'

export const LOOPBACK = '127.0.0.1'

/**
 * Below those that kernels give to outgoing connections (Linux from 32768, gVisor from 16000): one of
 * them could take the port of a server that is being started again. Above 10080, the last one that
 * browsers refuse.
 */
const CHOSEN_FROM = 10_100
const CHOSEN = 5_900

interface Held {
  readonly port: number
  readonly release: () => Promise<void>
}

/** A TCP port of the loopback address that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port!
}

/** As many different ones. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Held[] = []
  while (held.length < count) {
    const taken = await hold(CHOSEN_FROM + Math.floor(Math.random() * CHOSEN)).catch(() => null)
    if (taken) held.push(taken)
  }
  await Promise.all(held.map(({ release }) => release()))
  return held.map(({ port }) => port)
}

/** Whether a server could listen there now. */
export async function isFree(port: number): Promise<boolean> {
  return hold(port).then(
    async ({ release }) => {
      await release()
      return true
    },
    () => false,
  )
}

/** Whether something accepts connections there, asked for at most `deadlineMs`. */
export async function accepts(host: string, port: number, deadlineMs = 1_000): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, timeout: deadlineMs })
  socket.once('connect', () => resolve(true))
  socket.once('timeout', () => resolve(false))
  socket.once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

async function hold(port: number): Promise<Held> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const server = createServer()
  server.once('error', reject)
  server.listen({ host: LOOPBACK, port, exclusive: true }, resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const release = () => new Promise<void>((done) => void server.close(() => done()))
  return { port: address.port, release }
}
