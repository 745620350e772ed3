import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { openKafka } from '../../server/kafka/client'
import type { Kafka } from '../../server/kafka/kafka'
import { createLogger } from '../../server/lib/logger'
import { openCluster, type Cluster } from '../../server/outages/testing/cluster'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, live, requestsTo, row, toast, type Shop } from './shop'
import { violations } from './violations'

/** A server and a worker, a record that nobody can read, and a member of staff who looks. */
const opened = new AsyncDisposableStack()
let cluster: Cluster
let kafka: Kafka
let url: string
let shop: Shop
let browser: Browser
let sam: Page
/** What the letter that was refused again is called. */
let again: string

beforeAll(async () => {
  // Without a secret of its own: signing in is a click.
  const opening = openCluster({ env: { JWT_SECRET: '', ALLOWED_ORIGINS: 'http://shop.test' } })
  const browsing = openBrowser('--host-resolver-rules=MAP shop.test 127.0.0.1')
  ;[browser, cluster] = await Promise.all([browsing, opening, buildUi()])
  opened.use(cluster)
  const settings = { brokers: [cluster.broker], clientId: 'test', tls: null, sasl: null }
  kafka = openKafka({ ...settings, partitions: 1, replicationFactor: 1 }, createLogger('silent'))
  opened.defer(() => kafka.close())
  await kafka.ensureTopics([cluster.topics.created, cluster.topics.deadLetter])
  const [server] = await Promise.all([cluster.startServer(), cluster.startWorker()])
  url = server.url
  shop = createShop(requestsTo(url))
  sam = await openPage(browser, url)
  // A colour on its way to another has no contrast of its own.
  await sam.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(sam, 'Sam')
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await opened.disposeAsync()
})

/** Of a service that says it is ours, and is no JSON at all. */
async function poison(orderId: string): Promise<void> {
  const record = {
    key: orderId,
    value: `{"orderId":"${orderId}",`,
    headers: { ce_source: 'orderwire', trace: 'abc' },
  }
  await kafka.producer().send([{ ...record, topic: cluster.topics.created }])
}

const rows = (page: Page): Locator => page.locator('[data-letter]')
const panel = (page: Page): Locator => page.locator('[data-panel]')

test('a record that cannot be read appears, and is looked at', async () => {
  await sam.getByRole('link', { name: 'Dead letters' }).click()
  await sam.getByText('Every record could be read.').waitFor()
  await poison('order-1')
  await sam.getByRole('button', { name: /Not JSON.*0@0/ }).click()

  const letter = panel(sam)
  await letter.getByRole('heading', { name: 'Letter 0@0' }).waitFor()
  expect(await letter.locator('[data-state]').textContent()).toBe('Not sent back')
  expect(await letter.locator('[data-detail]').textContent()).toContain('JSON')
  expect(await letter.locator('[data-value]').textContent()).toBe('{"orderId":"order-1",')
  expect(await letter.getByText('trace').locator('+ dd').textContent()).toBe('abc')
  expect(await letter.getByText(`${cluster.topics.created}-0@0`).count()).toBe(1)
  expect(await violations(sam)).toEqual([])
})

test('a value is copied, also where the origin is not secure and the page has no clipboard', async () => {
  for (const origin of [`http://shop.test:${new URL(url).port}`, url]) {
    const page = await openPage(browser, origin)
    await signIn(page, 'Sam', '/dead-letters?letter=0%400')
    await panel(page).getByRole('button', { name: 'Copy' }).click()
    await toast(page, 'Copied').waitFor()
    await page.getByRole('link', { name: 'Products' }).click()
    await page.getByRole('searchbox').press('Control+v')
    expect(await page.getByRole('searchbox').inputValue()).toBe('{"orderId":"order-1",')
    await page.context().close()
  }
})

test('one is sent back, and it is seen what became of it', async () => {
  await panel(sam).getByRole('button', { name: 'Send back' }).click()
  const dialog = sam.getByRole('dialog')
  await dialog.getByText(cluster.topics.created).waitFor()
  await dialog.getByRole('button', { name: 'Send it back' }).click()
  await dialog.getByText('1 record was sent back.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()

  const [, back] = await kafka.read({ topic: cluster.topics.created, partition: 0 }, 0, 10)
  expect(String(back?.headers['dead-letter.redrive'])).toBe(`${cluster.topics.deadLetter}/0@0`)
  // Nothing was put right: the worker refuses it once more.
  await panel(sam).locator('[data-state="refused"]').waitFor()
  const link = panel(sam).getByRole('button', { name: /^Letter 0@/ })
  again = String(await link.textContent()).toLowerCase()
  await link.click()
  await panel(sam).getByRole('heading', { name: again }).waitFor()
  expect(await panel(sam).locator('[data-story]').textContent()).toContain('Letter 0@0')
})

test('several are chosen by keyboard, and one that was sent before is left out', async () => {
  await sam.keyboard.press('Escape')
  await panel(sam).waitFor({ state: 'detached' })
  expect(await focused(sam)).toContain(again)
  await sam.keyboard.press('ArrowDown')
  expect(await focused(sam)).toContain('letter 0@0')
  await poison('order-2')
  await rows(sam).nth(2).waitFor()
  // The focus stays where it was while others come.
  expect(await focused(sam)).toContain('letter 0@0')

  await sam.getByLabel('Select all').focus()
  await sam.keyboard.press('Space')
  await sam.getByText('3 selected').waitFor()
  await sam.getByRole('button', { name: 'Send back' }).press('Enter')
  const dialog = sam.getByRole('dialog', { name: 'Send 3 records back?' })
  await dialog.getByLabel('Also 1 record that was sent back before').waitFor()
  expect(await violations(sam)).toEqual([])
  await dialog.getByRole('button', { name: 'Send 2 back' }).press('Enter')
  await dialog.getByText('2 records were sent back.').waitFor()
  await sam.keyboard.press('Escape')
  // Three letters, and the two that came of the two.
  await rows(sam).nth(4).waitFor()
})

test('a reason is asked for in the address, and the way back leads to where one was', async () => {
  await sam.getByRole('group', { name: 'Reason' }).getByText('Too big').click()
  await sam.getByText('No dead letter has this reason.').waitFor()
  expect(new URL(sam.url()).search).toBe('?reason=too_big')
  await sam.reload()
  await sam.getByRole('button', { name: 'Show all letters' }).click()
  await rows(sam).first().waitFor()
})

test('without a network it says so, keeps what it shows, and goes on by itself', async () => {
  await sam.context().setOffline(true)
  const notice = sam.getByRole('alert').filter({ hasText: 'cannot be reached' })
  await notice.waitFor()
  await sam.getByText('What you see was read').waitFor()
  expect(await rows(sam).count()).toBe(5)
  await sam.context().setOffline(false)
  await notice.waitFor({ state: 'detached' })
})

test('who closes the question while letters are sent stops that, and is told which went', async () => {
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  await sam.route(
    '**/redrive',
    async (route) => {
      asked.resolve()
      await goOn.promise
      await route.continue()
    },
    { times: 1 },
  )
  await sam.getByLabel('Select all').check()
  await sam.getByRole('button', { name: 'Send back' }).click()
  const dialog = sam.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Send 2 back' }).press('Enter')
  await asked.promise
  await dialog.getByRole('button', { name: 'Stop' }).waitFor()
  await sam.keyboard.press('Escape')
  await dialog.getByText('Stopping').waitFor()
  goOn.resolve()
  await dialog.getByText('1 record was sent back.').waitFor()
  await dialog.getByText('1 other was not tried.').waitFor()
  await sam.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test('one that is not in the list says so as well, once it is sent back', async () => {
  const waiting = rows(sam).filter({ has: sam.locator('[data-state="waiting"]') })
  const id = await waiting.first().getAttribute('data-letter')
  await sam.goto(`${url}/dead-letters?reason=too_big&letter=${encodeURIComponent(id!)}`)
  await panel(sam).locator('[data-state="waiting"]').waitFor()
  await panel(sam).getByRole('button', { name: 'Send back' }).click()
  const dialog = sam.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Send it back' }).click()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await panel(sam).locator('[data-state="sent"]').waitFor()
  await panel(sam).getByRole('button', { name: 'Send again' }).waitFor()
  await sam.goto(`${url}/dead-letters`)
  await rows(sam).first().waitFor()
})

test('a customer is not led there, and is refused', async () => {
  const alice = await openPage(browser, url)
  await signIn(alice, 'Alice', '/dead-letters')
  await alice.getByRole('alert').getByText('Dead letters are for staff').waitFor()
  expect(await alice.getByRole('link', { name: 'Dead letters' }).count()).toBe(0)
  await alice.context().close()
})

test('an order whose event was too big is on the board once that is put right and it was sent back', async () => {
  const board = await sam.context().newPage()
  await board.goto(`${url}/board`)
  await live(board)
  await exchangeWorker({ MAX_EVENT_BYTES: '1024' })
  const order = await shop.place('bob', ...(await products()))
  await sam.bringToFront()
  await sam.getByRole('group', { name: 'Reason' }).getByText('Too big').click()
  const letter = rows(sam).getByRole('button', { name: /Too big/ })
  await letter.waitFor()
  const small = await shop.place('bob')
  await row(board, small).waitFor()
  expect(await row(board, order).count()).toBe(0)

  await exchangeWorker()
  await letter.click()
  await panel(sam).getByRole('button', { name: 'Send back' }).click()
  const dialog = sam.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Send it back' }).click()
  await dialog.getByText('1 record was sent back.').waitFor()
  await row(board, order).waitFor()
  expect(await board.locator('[data-order]').count()).toBe(2)
  await board.close()
})

async function exchangeWorker(env?: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(cluster.workers.map((worker) => worker.stop()))
  await cluster.startWorker(env)
}

async function products(): Promise<readonly string[]> {
  const { items } = (await (await fetch(`${url}/api/products`)).json()) as {
    readonly items: readonly { readonly id: string }[]
  }
  return items.map(({ id }) => id)
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '')
}
