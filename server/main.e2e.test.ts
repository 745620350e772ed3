import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLOSE_CODES } from './protocol/close-codes'
import { signInAt, startServerProcess } from './testing/server-process'
import { connectSocket } from './testing/socket-client'
import { within } from './testing/within'

let folder: string
let processes: Bun.Subprocess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderwire-main-'))
  processes = []
})
afterEach(async () => {
  for (const child of processes) child.kill('SIGKILL')
  await Promise.all(processes.map((child) => child.exited))
  rmSync(folder, { recursive: true })
})

/** Starts the server as a process of its own; nothing but `env` is in its environment. */
function start(env: Record<string, string> = {}, options: string[] = []) {
  const server = startServerProcess({ folder, env, options })
  processes.push(server.child)
  return server
}

/** A sign-in whose body comes later; resolves once the server has begun to read it. */
async function beginRequest(url: string) {
  const body = JSON.stringify({ name: 'alice' })
  const { promise: answer, resolve } = Promise.withResolvers<string>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let received = ''
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(url).port),
    socket: {
      data(_, bytes) {
        received += bytes.toString()
        if (received.startsWith('HTTP/1.1 100')) begin()
        received = received.replace(/^HTTP\/1.1 100[^\n]*\r\n\r\n/, '')
      },
      close: () => resolve(received),
    },
  })
  const head = [
    'POST /api/demo/sign-in HTTP/1.1',
    'host: localhost',
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
    'expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await within(begun, 'the server to ask for the body')
  return { answer, finish: () => void socket.write(body) }
}

function isReachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

describe('a start that cannot succeed ends with one sentence and exit code 1', () => {
  async function refused(env: Record<string, string>): Promise<string> {
    const { code, stderr, log } = await start(env).ended()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(log.filter(({ msg }) => msg === 'listening')).toEqual([])
    return stderr.trim()
  }

  test('a bad value', async () => {
    expect(await refused({ PORT: 'http' })).toBe(
      'PORT is "http": expected a whole number from 0 to 65535.',
    )
  })

  test('a port in use', async () => {
    const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('') })
    const port = String(other.port)
    const sentence = await refused({ PORT: port })
    await other.stop(true)
    expect(sentence).toBe(
      `Port ${port} is in use: stop what listens there, or set PORT to another.`,
    )
  })

  test('a data folder that cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const dataDir = join(folder, 'file', 'data')
    expect(await refused({ DATA_DIR: dataDir })).toContain(
      `The data folder ${dataDir} cannot be written`,
    )
  })

  test('a data folder that another process uses', async () => {
    await start().listening()
    expect(await refused({})).toContain('Another Orderwire process uses the data folder')
  })

  test('an address that would let the world sign in', async () => {
    expect(await refused({ HOST: '0.0.0.0' })).toContain('without JWT_SECRET or JWKS_URL anybody')
  })

  test('a secret file that was emptied', async () => {
    writeFileSync(join(folder, 'jwt-secret'), '')
    expect(await refused({ DATA_DIR: folder })).toContain('holds no secret of at least 32 bytes')
  })
})

describe('a server', () => {
  test('says where it is and how to sign in', async () => {
    const server = start()
    const url = await server.listening()
    server.child.kill('SIGTERM')
    const { stderr } = await server.ended()
    expect(stderr).toContain(`Orderwire listens on ${url}\n`)
    expect(stderr).toContain('alice')
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('ends in order on %s', async (signal) => {
    const server = start()
    const url = await server.listening()
    expect((await fetch(`${url}/api/products`)).status).toBe(200)
    server.child.kill(signal)
    const { code, log } = await server.ended()
    expect(code).toBe(0)
    expect(log.map(({ msg }) => msg)).toEqual([
      'sample products added',
      'listening',
      'stopping',
      'stopped',
    ])
    expect(await isReachable(url)).toBe(false)
  })

  test('tells its sockets to move before it ends, and they resume at the next one', async () => {
    const first = start()
    const url = await first.listening()
    const token = await signInAt(url, 'alice')
    const subscribe = async (address: string, cursor?: string) => {
      const client = await connectSocket(`${address.replace('http', 'ws')}/ws`)
      client.send({ event: 'auth', data: { token } })
      client.send({ event: 'subscribe:orders', data: cursor === undefined ? {} : { cursor } })
      return client
    }
    const before = await subscribe(url)
    const { cursor } = (await before.nextOf('caught-up')).data
    first.child.kill('SIGTERM')
    expect((await before.closed).code).toBe(CLOSE_CODES.restart.code)
    expect((await first.ended()).code).toBe(0)

    const after = await subscribe(await start().listening(), cursor)
    expect((await after.nextOf('subscribed')).data).toMatchObject({ recovered: true, cursor })
  })

  test('answers the requests that it has before it ends', async () => {
    const server = start()
    const request = await beginRequest(await server.listening())
    server.child.kill('SIGTERM')
    await server.logged('stopping')
    request.finish()
    expect(await within(request.answer, 'an answer')).toStartWith('HTTP/1.1 200')
    expect((await server.ended()).code).toBe(0)
  })

  test('ends at once on a second signal', async () => {
    const server = start()
    await beginRequest(await server.listening())
    server.child.kill('SIGTERM')
    await server.logged('stopping')
    server.child.kill('SIGINT')
    const { code, log } = await server.ended()
    expect(code).toBe(1)
    expect(log.map(({ msg }) => msg)).not.toContain('stopped')
  })

  test('does not live on after a failure that nobody caught', async () => {
    const defect = join(folder, 'defect.ts')
    writeFileSync(
      defect,
      `process.once('SIGUSR2', () => void Promise.reject(new Error('a defect')))`,
    )
    const server = start({}, ['--preload', defect])
    await server.listening()
    server.child.kill('SIGUSR2')
    const { code, log } = await server.ended()
    expect(code).toBe(1)
    expect(log.at(-1)).toMatchObject({ level: 60, msg: 'unhandledRejection' })
    expect(JSON.stringify(log.at(-1))).toContain('a defect')
  })

  test('accepts the tokens of its life before', async () => {
    const first = start()
    const token = await signInAt(await first.listening(), 'alice')
    first.child.kill('SIGTERM')
    await first.ended()
    const url = await start().listening()
    const response = await fetch(`${url}/api/orders`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(200)
  })

  test('listens on loopback only while anybody can sign in', async () => {
    const url = new URL(await start().listening())
    expect(await isReachable(url.href)).toBe(true)
    expect(await isReachable(`http://127.0.0.2:${url.port}`)).toBe(false)
  })
})
