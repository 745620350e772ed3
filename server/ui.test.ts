import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUi, safePath } from './ui'

const SECRET = 'outside the folder'
const PAGE = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }
let root: string
let server: Bun.Server<undefined>

/** Asks over a plain socket: `fetch` would tidy the path up first. */
async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, { headers, decompress: false })
}

async function askRaw(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port!,
    socket: {
      open: (socket) =>
        void socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
      data: (_, bytes) => void (answer += bytes.toString()),
      close: () => resolve(answer),
      error: (_, error) => reject(error),
    },
  })
  return promise
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'orderwire-ui-'))
  const dist = join(root, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), SECRET)
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>UI</title>')
  writeFileSync(join(dist, 'icon.svg'), '<svg/>')
  writeFileSync(join(dist, '.sources'), SECRET)
  writeFileSync(join(dist, 'assets/index-abc123.js'), 'console.log("hello")'.repeat(100))
  symlinkSync(join(dist, 'index.html'), join(dist, 'assets/page.html'))
  const ui = createUi(dist)
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => (await ui(request)) ?? new Response('none', { status: 404 }),
  })
})
afterAll(async () => {
  await server.stop(true)
  rmSync(root, { recursive: true })
})

describe('the built UI', () => {
  test('a program that takes anything gets the front page, and no page for any other path', async () => {
    expect((await ask('/', { accept: '*/*' })).status).toBe(200)
    expect((await ask('/orders', { accept: '*/*' })).status).toBe(404)
  })

  test('assets are kept for good', async () => {
    const response = await ask('/assets/index-abc123.js')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toStartWith('text/javascript')
    expect(await response.text()).toStartWith('console.log')
  })

  test('pages and other files are asked for anew, by ETag', async () => {
    for (const path of ['/icon.svg', '/']) {
      const first = await ask(path, PAGE)
      expect(first.headers.get('cache-control')).toBe('no-cache')
      const etag = first.headers.get('etag')!
      const again = await ask(path, { ...PAGE, 'if-none-match': `"other", ${etag}` })
      expect(again.status).toBe(304)
      expect(await again.text()).toBe('')
      expect((await ask(path, { ...PAGE, 'if-none-match': '"other"' })).status).toBe(200)
    }
  })

  test('a changed file has another ETag', async () => {
    const before = (await ask('/icon.svg')).headers.get('etag')
    writeFileSync(join(root, 'dist/icon.svg'), '<svg>changed</svg>')
    const after = await ask('/icon.svg')
    expect(after.headers.get('etag')).not.toBe(before)
    expect(await after.text()).toBe('<svg>changed</svg>')
  })

  test("the UI's own routes get its page, under a policy; programs do not", async () => {
    for (const path of ['/', '/orders/1', '/board?status=pending']) {
      const response = await ask(path, PAGE)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(await response.text()).toContain('<title>UI</title>')
    }
    expect((await ask('/orders/1', { accept: 'application/json' })).status).toBe(404)
    expect((await ask('/assets/gone-123.js')).status).toBe(404)
    expect((await fetch(`${server.url}board`, { method: 'POST', headers: PAGE })).status).toBe(404)
  })

  test('goes compressed to who accepts it', async () => {
    const response = await ask('/assets/index-abc123.js', { 'accept-encoding': 'br, gzip;q=0.8' })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('vary')).toContain('accept-encoding')
    const bytes = Bun.gunzipSync(await response.bytes())
    expect(new TextDecoder().decode(bytes)).toHaveLength(2_000)
    const etag = response.headers.get('etag')!
    const again = await ask('/assets/index-abc123.js', {
      'accept-encoding': 'gzip',
      'if-none-match': etag,
    })
    expect(again.status).toBe(304)
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/.sources',
    '/assets/%00',
    '/%ff',
  ])('nothing outside the folder and nothing hidden: %s', async (path) => {
    const answer = await askRaw(path)
    expect(answer).toStartWith('HTTP/1.1 404')
    expect(answer).not.toContain(SECRET)
  })

  test('a path is refused before any file is looked at', () => {
    for (const path of ['/../x', '/a/../../x', '/.env', '/a/.git/x', '//etc/passwd', '/a%5cb']) {
      expect(safePath(path)).toBeNull()
    }
    expect(safePath('/assets/a.js')).toBe('assets/a.js')
    expect(safePath('/')).toBe('')
  })
})

test('without a built UI a page says how to build it', async () => {
  const ui = createUi(join(root, 'nothing'))
  const response = await ui(new Request('http://localhost/', { headers: PAGE }))
  expect(response?.status).toBe(503)
  expect(await response?.text()).toContain('bun run build')
})
