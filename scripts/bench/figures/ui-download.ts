import { BOARD_BYTES, firstLoad, gzipBytes, STOREFRONT_BYTES } from '../../../ui/e2e/first-load'
import { openBrowser, openPage } from '../../../ui/e2e/browser'
import { spawnBench, withChildren, withDataDir } from '../lib/children'
import type { Figure, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { OrderwireCommands } from '../servers/orderwire'

/** What a visitor downloads. The sizes are those of the files: no run differs from another. */
export async function measureDownload(): Promise<Report> {
  const scripts = firstLoad()
  const view = await firstView()
  return {
    figures: [
      size('ui: scripts of the storefront, gzip', gzipBytes(scripts.storefront), STOREFRONT_BYTES),
      size('ui: scripts of the board, gzip', gzipBytes(scripts.board), BOARD_BYTES),
    ],
    notes: [
      {
        about: 'ui, first view of the storefront, empty cache',
        text:
          `${view.requests.length} requests, ${formatNumber(view.bytes / 1_024)} KB with headers, until the products and their ` +
          `pictures are there (${view.requests.join(', ')})`,
      },
    ],
  }
}

function size(name: string, bytes: number, limit: number): Figure {
  return {
    name,
    unit: 'KB',
    peer: 'none',
    ours: [bytes / 1_024],
    peers: [],
    limit: { atMost: limit / 1_024, of: 'ours' },
    delivered: null,
    expected: null,
  }
}

interface FirstView {
  /** Kind and how many of it. */
  readonly requests: readonly string[]
  readonly bytes: number
}

/** Opens the storefront as somebody who was never there. */
function firstView(): Promise<FirstView> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts'))
      const { port } = await server.ask('start', { dataDir })
      const browser = await openBrowser()
      try {
        const page = await openPage(browser, `http://127.0.0.1:${port}`)
        // Pages that nobody asked for yet are loaded when the browser is idle: here it never is.
        await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }))
        const cdp = await page.context().newCDPSession(page)
        await cdp.send('Network.enable')
        const requests: string[] = []
        let bytes = 0
        cdp.on('Network.responseReceived', ({ type, response }) =>
          requests.push(`${type.toLowerCase()} ${new URL(response.url).pathname}`),
        )
        cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
        await page.goto('/')
        await page.locator('main img').first().waitFor()
        // All of them: those below the fold are near enough that the browser loads them as well.
        await page.waitForFunction(() =>
          [...document.images].every(({ naturalWidth }) => naturalWidth > 0),
        )
        return { requests: [...requests], bytes }
      } finally {
        await browser.close()
      }
    }),
  )
}
