import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, fillAddress, live, toast } from './shop'
import { violations } from './violations'

/** Staff look after what is sold; customers see it. */
let server: TestServer
let browser: Browser
let staff: Page

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  browser = await openBrowser()
  staff = await openPage(browser, server.url)
  await staff.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(staff, 'Sam', '/products')
  await live(staff)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function inBrowser(use: (page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(browser, server.url)
  try {
    await use(page)
  } finally {
    await page.context().close()
  }
}

/** Changes a product as another member of staff. */
async function change(id: string, json: object): Promise<void> {
  const token = await server.signIn('robin', 'staff')
  const headers = { 'if-match': '*' }
  const options = { method: 'PATCH', token, headers, json }
  const response = await server.request(`/api/admin/products/${id}`, options)
  if (!response.ok) throw new Error(`Expected success, found: ${await response.text()}`)
}

function row(id: string): Locator {
  return staff.locator(`[data-product="${id}"]`)
}

function dialog(): Locator {
  return staff.getByRole('dialog')
}

/** A product in the shop; in the cart it has no heading. */
function card(page: Page, name: string): Locator {
  const heading = page.getByRole('heading', { name, exact: true })
  return page.getByRole('listitem').filter({ has: heading })
}

function shownIds(): Promise<(string | null)[]> {
  return staff
    .locator('[data-product]')
    .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-product')))
}

function focusedName(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement
    return focused?.getAttribute('name') ?? focused?.getAttribute('aria-label') ?? null
  })
}

async function openEditor(id: string, name: string): Promise<void> {
  await row(id)
    .getByRole('button', { name: `Edit ${name}` })
    .click()
  await dialog().getByLabel('Price in EUR').waitFor()
}

async function save(): Promise<void> {
  await dialog().getByRole('button', { name: 'Save' }).click()
}

test('staff add, price and hide a product, and a customer sees it after a reload', () =>
  inBrowser(async (customer) => {
    await staff.getByRole('button', { name: 'Add product' }).click()
    const submit = dialog().getByRole('button', { name: 'Add product' })
    await submit.click()
    await dialog().getByText('Enter a name.').waitFor()
    await dialog().getByText('Enter a price such as').waitFor()
    expect(await focusedName(staff)).toBe('name')

    await dialog().getByLabel('Name').fill('Tea Pot')
    expect(await dialog().getByLabel('Id', { exact: true }).inputValue()).toBe('tea-pot')
    await dialog().getByLabel('Id', { exact: true }).fill('espresso-cup')
    await dialog().getByLabel('Price in EUR').fill('32,5')
    await dialog().getByLabel('tea towel').focus()
    await staff.keyboard.press('Space')
    expect(await dialog().getByLabel('tea towel').isChecked()).toBe(true)
    await submit.click()
    await dialog().getByText('Another product has this id.').waitFor()
    expect(await focusedName(staff)).toBe('id')
    await dialog().getByLabel('Id', { exact: true }).fill('tea-pot')
    await submit.click()
    await dialog().waitFor({ state: 'detached' })
    await toast(staff, 'Tea Pot is added').waitFor()
    await row('tea-pot').getByText('€32.50').waitFor()

    await customer.goto('/')
    const pot = card(customer, 'Tea Pot')
    await pot.getByText('€32.50').waitFor()
    expect(await pot.locator('img').getAttribute('src')).toBe('/products/tea-towel.svg')
    await pot.getByRole('button', { name: 'Add Tea Pot to the cart' }).click()
    await customer.getByRole('button', { name: 'Add Linen Apron to the cart' }).click()

    await openEditor('tea-pot', 'Tea Pot')
    await dialog().getByLabel('Price in EUR').fill('0')
    await save()
    await dialog().getByText('Enter a price such as').waitFor()
    await dialog().getByLabel('Price in EUR').fill('35')
    await staff.keyboard.press('Enter')
    await row('tea-pot').getByText('€35.00').waitFor()
    await customer.reload()
    await pot.getByText('€35.00').waitFor()

    await row('tea-pot').getByRole('button', { name: 'Hide Tea Pot' }).press('Enter')
    await row('tea-pot').locator('[data-state="hidden"]').waitFor()
    expect(await focusedName(staff)).toBe('Show Tea Pot')
    await customer.reload()
    await customer.getByText('1 product of your cart is no longer for sale.').waitFor()
    expect(await pot.count()).toBe(0)
    await customer.getByRole('button', { name: 'Take out' }).click()
    await customer.getByText('no longer for sale').waitFor({ state: 'detached' })
    await customer.getByRole('group', { name: 'Quantity of Linen Apron' }).waitFor()
  }))

test('every picture of the samples is there, and one that is missing gives way to a letter', () =>
  inBrowser(async (page) => {
    await page.setViewportSize({ width: 1280, height: 3_000 })
    await page.goto('/')
    await card(page, 'Beeswax Candle').waitFor()
    await page.waitForFunction(() => {
      const pictures = [...document.images]
      return pictures.length >= 12 && pictures.every((picture) => picture.naturalWidth > 0)
    })
    await change('olive-oil', { picture: 'not-there.svg' })
    await page.reload()
    await card(page, 'Olive Oil, 750 ml').locator('.product-art').waitFor()
    await page.getByRole('button', { name: 'Add Olive Oil, 750 ml to the cart' }).click()
    await page.locator('#cart .product-art').getByText('O').waitFor()
    await page.locator('#cart img').waitFor({ state: 'detached' })
    await change('olive-oil', { picture: 'olive-oil.svg' })
  }))

test('what was ordered keeps a picture once it is not sold any more: a letter', () =>
  inBrowser(async (page) => {
    const { orderId } = await createShop(server).place('bob', 'ceramic-bowl', 'tea-towel')
    await change('ceramic-bowl', { active: false })
    await signIn(page, 'Bob', `/orders/${orderId}`)
    const item = (name: string) => page.getByRole('listitem').filter({ hasText: name })
    await item('Ceramic Bowl').locator('.product-art').getByText('C').waitFor()
    await item('Tea Towel').locator('img').waitFor()
    await page.getByRole('link', { name: 'My orders' }).first().click()
    const order = page.getByRole('listitem').filter({ hasText: orderNumber(orderId) })
    await order.locator('.product-art').getByText('C').waitFor()
    expect(await order.locator('img').count()).toBe(1)
    await change('ceramic-bowl', { active: true })
  }))

test('words of any length stay within a phone: in the shop, the cart, the checkout and an order', () =>
  inBrowser(async (page) => {
    const name = 'x'.repeat(80)
    await change('storage-jar', { name, description: 'y'.repeat(300) })
    const { orderId } = await createShop(server).place('bob', 'storage-jar')
    await page.setViewportSize({ width: 390, height: 844 })
    await signIn(page, 'Bob')
    await page.getByRole('button', { name: `Add ${name} to the cart` }).click()
    const widths: number[] = []
    for (const path of ['/', '/checkout', '/orders', `/orders/${orderId}`]) {
      await page.goto(path)
      await page.getByText(name).first().waitFor()
      widths.push(await page.evaluate(() => document.documentElement.scrollWidth))
    }
    expect(widths).toEqual([390, 390, 390, 390])
    await change('storage-jar', { name: 'Storage Jar', description: 'A litre of glass.' })
  }))

test('what is hidden during the checkout is left out in words, and the rest can be ordered', () =>
  inBrowser(async (page) => {
    await signIn(page, 'Bob')
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await page.getByRole('button', { name: 'Add Paring Knife to the cart' }).click()
    await page.getByRole('link', { name: 'Check out' }).click()
    await fillAddress(page, 'Bob Okafor')
    await change('paring-knife', { active: false })
    await page.getByRole('button', { name: 'Place order' }).click()
    await page.getByRole('alert').getByText('no longer for sale').waitFor()
    await page.getByText('Paring Knife').waitFor({ state: 'detached' })

    await change('tea-towel', { price: 1_000 })
    await page.getByRole('button', { name: 'Place order' }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]+$/)
    await toast(page, 'Prices have changed meanwhile').waitFor()
  }))

test('what somebody else changed meanwhile is shown, and not overwritten', async () => {
  await openEditor('ceramic-bowl', 'Ceramic Bowl')
  await dialog().getByLabel('Price in EUR').fill('25')
  await change('ceramic-bowl', { name: 'Stoneware Bowl', price: 2_600 })
  await save()
  await dialog().getByRole('alert').getByText('Somebody else changed it').waitFor()
  await dialog().getByText('Now: €26.00').waitFor()
  expect(await dialog().getByLabel('Name').inputValue()).toBe('Stoneware Bowl')
  await save()
  await dialog().waitFor({ state: 'detached' })
  await row('ceramic-bowl').getByText('Stoneware Bowl').waitFor()
  await row('ceramic-bowl').getByText('€25.00').waitFor()
})

test('an answer that comes once its dialog is closed is told, and leaves another one alone', async () => {
  for (const [fails, told] of [
    [false, 'Paring Knife is saved'],
    [true, 'Paring Knife is not changed'],
  ] as const) {
    const asked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    await staff.route(
      '**/api/admin/products/paring-knife',
      async (route) => {
        asked.resolve()
        await goOn.promise
        await (fails ? route.abort() : route.continue())
      },
      { times: 1 },
    )
    await openEditor('paring-knife', 'Paring Knife')
    await dialog()
      .getByLabel('Price in EUR')
      .fill(fails ? '14' : '15')
    await save()
    await asked.promise
    await staff.keyboard.press('Escape')
    await openEditor('walnut-board', 'Walnut Board')
    await dialog().getByLabel('Name').fill('Oak Board')
    goOn.resolve()
    await toast(staff, told).waitFor()
    expect(await dialog().getByLabel('Name').inputValue()).toBe('Oak Board')
    await staff.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  }
  await row('paring-knife').getByText('€15.00').waitFor()
})

test('nothing is changed while the server is away, and what others did is shown afterwards', async () => {
  await staff.context().setOffline(true)
  await staff.getByText('what you see may be old').waitFor()
  await row('house-blend').getByRole('button', { name: 'Hide House Blend' }).click()
  await toast(staff, 'House Blend, 500 g is not changed').waitFor()
  await row('house-blend').locator('[data-state="for-sale"]').waitFor()
  await change('house-blend', { price: 1_350 })
  await staff.context().setOffline(false)
  await row('house-blend').getByText('€13.50').waitFor()
  await staff.getByText('what you see may be old').waitFor({ state: 'detached' })
})

test('by keyboard alone a product is edited, and axe-core finds nothing wrong on the way', async () => {
  await change('linen-apron', { active: false })
  await staff.reload()
  await row('linen-apron').locator('[data-state="hidden"]').waitFor()
  expect(await violations(staff)).toEqual([])

  await row('linen-apron').getByRole('button', { name: 'Edit Linen Apron' }).press('Enter')
  await staff.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name')
  await staff.keyboard.press('Control+A')
  await staff.keyboard.press('Delete')
  await staff.keyboard.press('Enter')
  await dialog().getByText('Enter a name.').waitFor()
  expect(await focusedName(staff)).toBe('name')
  expect(await violations(staff)).toEqual([])

  await staff.keyboard.type('Cook’s Apron')
  // Description, price, picture, for sale.
  for (let step = 0; step < 4; step++) await staff.keyboard.press('Tab')
  expect(await focusedName(staff)).toBe('active')
  await staff.keyboard.press('Space')
  await staff.keyboard.press('Enter')
  await dialog().waitFor({ state: 'detached' })
  await row('linen-apron').getByText('Cook’s Apron').waitFor()
  await row('linen-apron').locator('[data-state="for-sale"]').waitFor()
  expect(await focusedName(staff)).toBe('Edit Cook’s Apron')
})

test('staff search, filter and sort products, the address says how, and back leads back', async () => {
  await staff.goto('/products')
  await row('house-blend').waitFor()
  const all = await staff.locator('[data-product]').count()
  const search = staff.getByRole('searchbox', { name: 'Search products' })
  await search.fill('LINEN towel')
  await staff.getByText(`1 of ${all} products`).waitFor()
  expect(await shownIds()).toEqual(['tea-towel'])
  await search.fill('unheard of')
  await staff.getByText('Nothing found').waitFor()
  expect(await violations(staff)).toEqual([])
  await staff.goBack()
  await row('house-blend').waitFor()
  expect(await search.inputValue()).toBe('')

  await staff.getByLabel('Sort by').selectOption({ label: 'Lowest price' })
  await staff.waitForURL('**/products?sort=cheapest')
  expect((await shownIds()).slice(0, 2)).toEqual(['beeswax-candle', 'tea-towel'])
  await staff.reload()
  await row('house-blend').waitFor()
  expect((await shownIds())[0]).toBe('beeswax-candle')
  await staff.getByLabel('Sort by').selectOption({ label: 'As in the shop' })
})

test('who shows the hidden ones again one by one goes on at the next', async () => {
  for (const id of ['storage-jar', 'beeswax-candle', 'walnut-board'])
    await change(id, { active: false })
  await staff.goto('/products?show=hidden&sort=name')
  await row('walnut-board').waitFor()
  const filter = staff.getByRole('group', { name: 'Which are shown' })
  await filter.getByRole('button', { name: 'Hidden', pressed: true }).waitFor()
  for (const name of ['Beeswax Candle', 'Storage Jar']) {
    await staff.getByRole('button', { name: `Show ${name}` }).press('Enter')
    await staff.getByRole('button', { name: `Show ${name}` }).waitFor({ state: 'detached' })
  }
  const next = await shownIds()
  expect(next).toContain('walnut-board')
  await staff.waitForFunction(
    () => document.activeElement?.getAttribute('aria-label')?.startsWith('Show ') === true,
  )
  await filter.getByRole('button', { name: 'For sale' }).click()
  await row('storage-jar').waitFor()
  expect(await staff.locator('[data-state="hidden"]').count()).toBe(0)
})

test('a second product is hidden while the first waits for its answer', async () => {
  await change('paring-knife', { active: true })
  await staff.goto('/products')
  const goOn = Promise.withResolvers<void>()
  const path = '**/api/admin/products/paring-knife'
  await staff.route(path, (route) => goOn.promise.then(() => route.continue()), { times: 1 })
  await row('paring-knife').getByRole('button', { name: 'Hide' }).click()
  await row('tea-towel').getByRole('button', { name: 'Hide' }).click()
  await row('tea-towel').locator('[data-state="hidden"]').waitFor()
  expect(await row('paring-knife').locator('[data-state="for-sale"]').count()).toBe(1)
  goOn.resolve()
  await row('paring-knife').locator('[data-state="hidden"]').waitFor()
})

test('products are refused to customers, in words', () =>
  inBrowser(async (page) => {
    await signIn(page, 'Bob', '/products')
    await page.getByRole('alert').getByText('Products are for staff').waitFor()
    expect(await page.getByRole('link', { name: 'Products' }).count()).toBe(0)
    expect(await page.locator('[data-product]').count()).toBe(0)
  }))
