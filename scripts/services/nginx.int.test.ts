import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { tempFolder } from '../../server/testing/temp-folder'
import { within } from '../../server/testing/within'
import { startNginx } from './nginx'
import { freePorts, LOOPBACK } from './ports'
import type { Service } from './service'

/** nginx with its template, in front of two servers that say what they got. */

const folder = tempFolder()
let nginx: Service
let ports: readonly [number, number]
let url: string
let nodes: Node[] = []

/** One of the servers behind it; `answer` is what it does with what comes. */
class Node {
  readonly got: string[] = []
  goingDown = false
  answer: (request: Request) => Response | null = (request) =>
    Response.json({ node: this.port, ...Object.fromEntries(request.headers) })
  private readonly server: Bun.Server<undefined>

  constructor(readonly port: number) {
    this.server = Bun.serve({
      hostname: LOOPBACK,
      port,
      fetch: (request, server) => {
        this.got.push(`${request.method} ${new URL(request.url).pathname}`)
        if (!request.headers.has('upgrade')) return this.answer(request) ?? undefined
        if (this.goingDown) return new Response('going down', { status: 503 })
        return server.upgrade(request) ? undefined : new Response(null, { status: 400 })
      },
      websocket: {
        message: (socket, text) => void socket.send(`${this.port}: ${String(text)}`),
      },
    })
  }

  /** Gone at once, with all its connections. */
  end(): Promise<void> {
    return this.server.stop(true)
  }
}

beforeAll(async () => {
  const [port = 0, a = 0, b = 0] = await freePorts(3)
  ports = [a, b]
  url = `http://${LOOPBACK}:${port}`
  nginx = await startNginx({ folder: folder.path, port, servers: ports })
})

beforeEach(async () => {
  await Promise.all(nodes.map((node) => node.end()))
  nodes = ports.map((port) => new Node(port))
  // A server that was away is left out for a moment.
  const both = async () => {
    for (const seen = new Set(); seen.size < 2; await Bun.sleep(20))
      seen.add((await fetch(`${url}/`).then((response) => response.json())).node)
  }
  await within(both(), 'both servers to be asked')
  for (const node of nodes) node.got.length = 0
})

afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]()
  await Promise.all(nodes.map((node) => node.end()))
  folder[Symbol.dispose]()
})

const headersOf = async (init: RequestInit = {}) =>
  (await fetch(`${url}/api/orders`, init).then((response) => response.json())) as Record<
    string,
    string
  >

/** Opens a socket through nginx; resolves to what comes back for "hello". */
async function helloOver(path: string): Promise<string> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  socket.onopen = () => socket.send('hello')
  socket.onmessage = ({ data }) => resolve(String(data))
  socket.onclose = ({ code }) => reject(new Error(`closed: ${code}`))
  return within(promise, 'an answer').finally(() => socket.close())
}

describe('nginx', () => {
  test('passes on who asks, and for which address', async () => {
    const headers = await headersOf({ headers: { 'x-forwarded-for': '10.1.1.1' } })
    expect(headers.host).toBe(new URL(url).host)
    expect(headers['x-forwarded-for']).toBe(`10.1.1.1, ${LOOPBACK}`)
    expect(headers['x-forwarded-proto']).toBe('http')
    expect(headers.connection).toBeUndefined()
  })

  test('passes on WebSocket upgrades', async () => {
    expect(await helloOver('/ws')).toEndWith(': hello')
  })

  test('keeps health and metrics to those who run the servers', async () => {
    for (const path of [
      '/metrics',
      '/health/live',
      '/health/ready',
      '/health',
      '/%6Detrics',
      '/a/../metrics',
    ])
      expect((await fetch(`${url}${path}`)).status).toBe(404)
    expect(nodes.flatMap((node) => node.got)).toEqual([])
    expect((await fetch(`${url}/healthy`)).status).toBe(200)
  })

  test('goes to the other server when one is gone', async () => {
    await nodes[0]!.end()
    for (let i = 0; i < 10; i++) {
      expect((await fetch(`${url}/`)).status).toBe(200)
      expect((await fetch(`${url}/api/orders`, { method: 'POST', body: '{}' })).status).toBe(200)
    }
    expect(await helloOver('/ws')).toBe(`${nodes[1]!.port}: hello`)
  })

  test('takes an upgrade to the other server while one is going down', async () => {
    nodes[0]!.goingDown = true
    for (let i = 0; i < 4; i++) expect(await helloOver('/ws')).toBe(`${nodes[1]!.port}: hello`)
  })

  test('takes a 503 of REST as the answer that it is', async () => {
    for (const node of nodes) node.answer = () => new Response('{}', { status: 503 })
    for (let i = 0; i < 6; i++) expect(await (await fetch(`${url}/api/orders`)).text()).toBe('{}')
  })

  test.each([
    ['POST', 'if-match'],
    ['PATCH', 'idempotency-key'],
  ])(
    'sends a %s to one server only, whatever becomes of it, and says that nobody knows',
    async (method, header) => {
      // Both end the connection on it, without an answer.
      for (const node of nodes) {
        node.answer = () => {
          void node.end()
          return null
        }
      }
      // What makes the other one repeatable is not read by this one.
      const headers = { [header]: '"1"' }
      const response = await fetch(`${url}/api/orders`, { method, body: '{}', headers })
      expect(nodes.flatMap((node) => node.got)).toEqual([`${method} /api/orders`])
      expect(response.status).toBe(502)
      expect(response.headers.get('retry-after')).toBeNull()
      expect(await response.json()).toMatchObject({ status: 502, code: 'outcome_unknown' })
    },
  )

  test('says of what may be sent again that no server answers, though one got it', async () => {
    for (const node of nodes) {
      node.answer = () => {
        void node.end()
        return null
      }
    }
    const headers = { 'idempotency-key': 'a' }
    const response = await fetch(`${url}/api/orders`, { method: 'POST', body: '{}', headers })
    expect(nodes.flatMap((node) => node.got)).toHaveLength(2)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  })

  test('says of a POST that nobody got that no server answers', async () => {
    await Promise.all(nodes.map((node) => node.end()))
    const response = await fetch(`${url}/api/orders`, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.json()).toMatchObject({ code: 'no_server' })
  })

  test('refuses a body that is far too big as the servers do', async () => {
    const body = 'x'.repeat(300_000)
    const response = await fetch(`${url}/api/orders`, { method: 'POST', body })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ status: 413, code: 'body_too_big' })
    expect(nodes.flatMap((node) => node.got)).toEqual([])
  })

  test.each([
    ['POST', 'idempotency-key'],
    ['PATCH', 'if-match'],
  ])('sends a %s with %s to the other server, where the first one ends', async (method, header) => {
    const bodies: string[] = []
    for (const node of nodes) {
      node.answer = (request) => {
        if (bodies.length === 0) {
          bodies.push('lost')
          void node.end()
          return null
        }
        return new Response(request.body, { status: 201 })
      }
    }
    const headers = { [header]: '"1"' }
    const body = JSON.stringify({ text: 'x'.repeat(50_000) })
    const response = await fetch(`${url}/api/orders`, { method, body, headers })
    expect(response.status).toBe(201)
    expect(await response.text()).toBe(body)
  })

  // A server that is killed still takes connections for a moment.
  test('sends a POST with a key on from a server that takes it twice and ends twice', async () => {
    await nodes[0]!.end()
    const seen = new Map<string, number>()
    const ending = Bun.listen({
      hostname: LOOPBACK,
      port: ports[0],
      socket: {
        data(socket, bytes) {
          const key = /idempotency-key: (.*)\r/i.exec(bytes.toString())?.[1]
          if (key) seen.set(key, (seen.get(key) ?? 0) + 1)
          socket.terminate()
        },
      },
    })
    const statuses = new Set<number>()
    let waiting = true
    const twice = async () => {
      while (waiting && ![...seen.values()].some((times) => times > 1)) {
        const headers = { 'idempotency-key': crypto.randomUUID() }
        statuses.add((await fetch(`${url}/`, { method: 'POST', body: '{}', headers })).status)
      }
    }
    await within(twice(), 'one that came twice').finally(() => {
      waiting = false
      ending.stop(true)
    })
    expect([...statuses]).toEqual([200])
  })

  test('asks a server that has just come back, though all were left out', async () => {
    await Promise.all(nodes.map((node) => node.end()))
    for (let i = 0; i < 6; i++) expect((await fetch(`${url}/`)).status).toBe(503)
    nodes[1] = new Node(ports[1])
    expect((await fetch(`${url}/api/orders`, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(await helloOver('/ws')).toBe(`${ports[1]}: hello`)
  })

  test('says that no server answers as the servers say what is wrong', async () => {
    await Promise.all(nodes.map((node) => node.end()))
    const response = await fetch(`${url}/api/orders`)
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toEqual({
      type: 'urn:orderwire:problem:no_server',
      title: 'No server',
      status: 503,
      detail: 'No server answers at the moment.',
      code: 'no_server',
    })
  })
})
