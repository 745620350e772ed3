import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser } from './browser'
import { fingerFaults } from './finger-faults'
import { GUARDED } from './shop-tokens'
import { focusFaults, layoutFaults } from './layout-faults'
import { openScene } from './pictures/open-scene'
import { openSignedIn } from './pictures/signed-in'
import type { Scene } from './pictures/view'

/**
 * Whoever needs things big sees all of them: zoomed in to 200 %, which leaves half of the pixels, with
 * text of twice the size, and on the narrowest screen.
 */
const FONT_PX = 16
const WINDOWS = {
  'zoomed in to 200 %': { width: 640, height: 400, fontPx: FONT_PX },
  'with text of twice the size': { width: 1280, height: 800, fontPx: 2 * FONT_PX },
  'on a screen of 320 pixels': { width: 320, height: 640, fontPx: FONT_PX },
} as const
const PHONE = { width: 390, height: 844, fontPx: FONT_PX } as const
type Window = (typeof WINDOWS)[keyof typeof WINDOWS] | typeof PHONE

const DIALOG = '[role="dialog"]:not([popover])'
/** So many stops lead from the first one into what is the view's own. */
const STOPS = 18

let scene: Scene & AsyncDisposable
/** Where tokens come from elsewhere. */
let guarded: TestServer
let browser: Browser
const pages = new Map<string, { readonly page: Page; readonly session: CDPSession }>()

beforeAll(async () => {
  await buildUi()
  scene = await openScene()
  guarded = await startTestServer(GUARDED)
  browser = await openBrowser()
  for (const name of ['Alice', 'Sam', null] as const) {
    const page = await openSignedIn(browser, scene.server, name)
    await page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'active' })
    pages.set(name ?? '', { page, session: await page.context().newCDPSession(page) })
  }
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await guarded?.stop()
  await scene?.[Symbol.asyncDispose]()
})

interface Look {
  readonly as: 'Alice' | 'Sam' | null
  readonly path: () => string
  /** What there is when it is all there; a click on `press` comes before. */
  readonly press?: string
  readonly until: string
}

function look(as: Look['as'], path: string | (() => string), until: string, press?: string): Look {
  const at = typeof path === 'string' ? () => path : path
  return { as, path: at, until, ...(press !== undefined && { press }) }
}

const LOOKS: Readonly<Record<string, Look>> = {
  'the shop': look(null, '/', 'main li img'),
  'the sign-in': look(null, '/sign-in', 'main form'),
  'the sign-in with a token': look(null, () => `${guarded.url}/sign-in`, '#token'),
  'what is not there': look(null, '/nowhere', 'h1'),
  'a filled cart': look('Alice', '/', '[role="group"] input', 'button[aria-label^="Add"]'),
  'the checkout': look('Alice', '/checkout', 'main select'),
  'my orders': look('Alice', '/orders', '[data-status="shipped"]'),
  'an order': look('Alice', () => `/orders/${scene.seeded.onItsWay.orderId}`, '[data-version="3"]'),
  cancelling: look('Alice', '/orders', DIALOG, 'button[aria-label^="Cancel order"]'),
  'the connection': look('Alice', '/orders', '[popover]:popover-open', '[data-connection="live"]'),
  'the board': look('Sam', '/board', '[data-order]'),
  'an order on the board': look(
    'Sam',
    () => `/board?order=${scene.seeded.onItsWay.orderId}`,
    '[data-drawer] [data-version="3"]',
  ),
  'orders that are selected': look(
    'Sam',
    '/board',
    '[data-order] input:checked',
    '[data-order] input',
  ),
  products: look('Sam', '/products?sort=dearest', '[data-product]'),
  'no product that was sought': look('Sam', '/products?q=sofa&show=hidden', 'main h2'),
  'a product that is edited': look('Sam', '/products', DIALOG, 'button[aria-label^="Edit"]'),
  'no dead letters': look('Sam', '/dead-letters', 'main h2'),
}

async function resize(name: string, { width, height, fontPx }: Window): Promise<void> {
  const { page, session } = pages.get(name)!
  await page.setViewportSize({ width, height })
  await session.send('Page.setFontSizes', { fontSizes: { standard: fontPx, fixed: fontPx } })
  // Two frames: what listens to the size has drawn anew by then.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
}

describe('nothing is cut off, covered or out of the page', () => {
  for (const [name, { as, path, press, until }] of Object.entries(LOOKS)) {
    test(name, async () => {
      const { page } = pages.get(as ?? '')!
      const faults: string[] = []
      for (const [how, window] of Object.entries(WINDOWS)) {
        await resize(as ?? '', window)
        // Who sets the size of text does so before; windows change at any time.
        if (window !== WINDOWS['on a screen of 320 pixels']) {
          await page.goto(path())
          if (press) await page.locator(press).first().click()
          await page.locator(until).first().waitFor()
        }
        faults.push(...(await layoutFaults(page)).map((fault) => `${how}: ${fault}`))
      }
      expect(faults).toEqual([])
    })
  }
})

test('who goes on with the Tab key sees where they are, also zoomed in and with colours of their own', async () => {
  const faults: string[] = []
  for (const name of ['the shop', 'the checkout', 'my orders', 'the board', 'products']) {
    const { as, path, until } = LOOKS[name]!
    const { page } = pages.get(as ?? '')!
    await resize(as ?? '', WINDOWS['zoomed in to 200 %'])
    await page.goto(path())
    await page.locator(until).first().waitFor()
    faults.push(...(await focusFaults(page, STOPS)).map((fault) => `${name}: ${fault}`))
  }
  expect(faults).toEqual([])
})

const PRESSED = [
  'the shop',
  'the sign-in',
  'the sign-in with a token',
  'a filled cart',
  'the checkout',
  'my orders',
  'an order',
  'cancelling',
  'products',
  'a product that is edited',
]

test('on a phone a finger hits what it means', async () => {
  const faults: string[] = []
  for (const name of PRESSED) {
    const { as, path, press, until } = LOOKS[name]!
    const { page } = pages.get(as ?? '')!
    await resize(as ?? '', PHONE)
    await page.goto(path())
    if (press) await page.locator(press).first().click()
    await page.locator(until).first().waitFor()
    faults.push(...(await fingerFaults(page)).map((fault) => `${name}: ${fault}`))
  }
  expect(faults).toEqual([])
})
