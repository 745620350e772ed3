import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openCluster, type Cluster } from '../../server/outages/testing/cluster'
import { startProxy, type Proxy } from '../../server/outages/testing/proxy'
import { orderNumber, type Order } from '../../server/protocol/order'
import { rowsDown } from './board-rows'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import {
  createShop,
  fillAddress,
  keptMark,
  live,
  markLoad,
  placedOrder,
  requestsTo,
  row,
  type Shop,
  tile,
} from './shop'

/** The whole product, as people would run it: nginx, two servers, a worker, and a browser before it. */
const opened = new AsyncDisposableStack()
let cluster: Cluster
let proxy: Proxy
let browser: Browser
let sam: Page
/** What people do whose browsers are not looked at, through nginx as well. */
let shop: Shop
let order: Pick<Order, 'orderId'>

beforeAll(async () => {
  await buildUi()
  proxy = opened.use(await startProxy())
  shop = createShop(requestsTo(proxy.url))
  // Without a secret of its own: signing in is a click.
  cluster = opened.use(await openCluster({ env: { JWT_SECRET: '' } }))
  await Promise.all([
    cluster.startServer(proxy.envOf(0)),
    cluster.startServer(proxy.envOf(1)),
    cluster.startWorker(),
  ])
  browser = await openBrowser()
  sam = await openPage(browser, proxy.url)
  await signIn(sam, 'Sam')
  await live(sam)
  await markLoad(sam)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await opened.disposeAsync()
})

test('an order placed in the storefront is on the board', async () => {
  const alice = await openPage(browser, proxy.url)
  await signIn(alice, 'Alice')
  await alice.getByRole('button', { name: 'Add Walnut Board to the cart' }).click()
  await alice.getByRole('link', { name: 'Check out' }).click()
  await fillAddress(alice, 'Alice Miller')
  await alice.getByRole('button', { name: 'Place order' }).click()
  order = await placedOrder(alice)
  await row(sam, order).getByText('1 × Walnut Board').waitFor()
  await row(sam, order).getByLabel('Status').selectOption('processing')
  await alice.locator('[data-version="2"]').getByText('Processing').waitFor()
  await alice.context().close()
})

test('the board goes on when the server that it was connected to is killed', async () => {
  await recordStates(sam)
  const before = await shop.place('bob')
  await row(sam, before).waitFor()
  const [serving, ...others] = await serversWithSockets()
  expect(others).toEqual([])
  await serving!.kill()
  const meanwhile = [await shop.place('bob'), await shop.place('alice')]
  await live(sam)
  const after = await shop.place('bob')
  for (const each of [...meanwhile, after]) await row(sam, each).waitFor()

  const wanted = [after, ...meanwhile.toReversed(), before, order]
  expect((await rowsDown(sam)).map(({ number }) => number)).toEqual(
    wanted.map(({ orderId }) => orderNumber(orderId)),
  )
  await tile(sam, 'orders', String(wanted.length)).waitFor()
  const states = await recordedStates(sam)
  expect(states.slice(0, 2)).toEqual(['live', 'waiting'])
  expect(states.at(-1)).toBe('live')
  expect(await keptMark(sam)).toBe(true)
})

async function serversWithSockets() {
  const sockets = await Promise.all(
    cluster.servers.map(async (server) => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      return { server, open: Number(/^orderwire_sockets (\d+)$/m.exec(metrics)?.[1]) }
    }),
  )
  return sockets.filter(({ open }) => open > 0).map(({ server }) => server)
}

/** Keeps the state of the connection that the page shows, and every one from now on. */
function recordStates(page: Page): Promise<void> {
  return page.evaluate(() => {
    const shown = document.querySelector('[data-connection]')!
    const state = () => shown.getAttribute('data-connection')!
    const states = [state()]
    Object.assign(window, { states })
    const record = () => {
      // It may be written anew and be the same.
      if (states.at(-1) !== state()) states.push(state())
    }
    new MutationObserver(record).observe(shown, { attributeFilter: ['data-connection'] })
  })
}

function recordedStates(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => (window as unknown as { states: string[] }).states)
}
