import { afterAll, beforeAll, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { freePorts } from '../../scripts/services/ports'
import { openBrowser, openPage, signIn } from './browser'
import { live } from './shop'

/** `bun dev`: what a newcomer starts first, with the pages as they are written, not as they are built. */
const ROOT = join(import.meta.dir, '../..')
const dataDir = mkdtempSync(join(tmpdir(), 'orderwire-dev-'))
let dev: Bun.Subprocess<'ignore', 'pipe', 'inherit'>
let browser: Browser
let pages: string
let server: string

beforeAll(async () => {
  const [uiPort, port] = await freePorts(2)
  pages = `http://localhost:${uiPort}`
  server = `http://localhost:${port}`
  dev = Bun.spawn([process.execPath, 'scripts/dev.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      REALTIME_PORT: String(port),
      UI_PORT: String(uiPort),
      LOG_LEVEL: 'warn',
      // What it says is read: colours would stand between the letters.
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  browser = await openBrowser()
  // Vite says so once it listens.
  await said(dev.stdout, 'Local:')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  dev?.kill('SIGTERM')
  await dev?.exited
  rmSync(dataDir, { recursive: true })
})

/** Reads on until a text was said, and goes on reading, so that whoever says more is not held up. */
async function said(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  const heard = Promise.withResolvers<void>()
  void (async () => {
    let all = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      all += decoder.decode(chunk, { stream: true })
      if (all.includes(text)) heard.resolve()
    }
    heard.reject(new Error(`Expected "${text}", found: ${all}`))
  })()
  await heard.promise
}

test('the shop opens from its sources, and all tabs have one socket', async () => {
  const sam = await openPage(browser, pages)
  await sam.goto('/')
  await sam.getByRole('button', { name: /^Add / }).first().waitFor()
  await signIn(sam, 'Sam', '/board')
  await live(sam)
  const other = await sam.context().newPage()
  await other.goto('/orders')
  await live(other)
  // The first time the worker's parts may take longer than a tab waits for them.
  while (!(await haveOneSocket())) {
    for (const tab of [sam, other]) {
      await tab.reload()
      await live(tab)
    }
  }
}, 60_000)

async function haveOneSocket(): Promise<boolean> {
  const metrics = await (await fetch(`${server}/metrics`)).text()
  return metrics.split('\n').includes('orderwire_sockets 1')
}
