import type { Page } from 'playwright-core'
import type { TestServer } from '../../../server/testing/test-server'
import { live } from '../shop'
import { alertAt, at, loadingAt, pictured, settled, silent, unreachable, type View } from './view'

const LIST = /\/api\/admin\/products/

/** What is sold, as staff look after it; and dead letters where there are none. */
export const PRODUCT_VIEWS: readonly View[] = [
  { name: 'products', as: 'Sam', main: true, show: at('/products') },
  { name: 'products-empty', as: 'Sam', shop: 'without products', show: at('/products') },
  { name: 'products-loading', as: 'Sam', prepare: silent(LIST), show: loadingAt('/products') },
  { name: 'products-error', as: 'Sam', prepare: unreachable(LIST), show: alertAt('/products') },
  { name: 'products-refused', as: 'Bob', show: at('/products') },
  { name: 'products-signed-out', as: null, show: at('/products') },
  {
    name: 'products-search',
    as: 'Sam',
    async show(page, { server }) {
      await changeBlend(server, { active: false })
      await at('/products?sort=cheapest')(page)
      await page.getByRole('searchbox').fill('c')
      await settled(page)
    },
  },
  { name: 'products-nothing', as: 'Sam', show: at('/products?q=sofa&show=hidden') },
  {
    name: 'products-offline',
    as: 'Sam',
    async show(page) {
      await at('/products')(page)
      await live(page)
      await page.context().setOffline(true)
      await page.getByText('what you see may be old').waitFor()
    },
  },
  { name: 'products-edit', as: 'Sam', show: edit },
  {
    name: 'products-conflict',
    as: 'Sam',
    async show(page, { server }) {
      await edit(page)
      await page.getByLabel('Price in EUR').fill('13.90')
      await changeBlend(server, { price: 1_350, name: 'House Blend, 1 kg' })
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
    },
  },
  {
    name: 'products-add',
    as: 'Sam',
    async show(page) {
      await page.goto('/products')
      await page.getByRole('button', { name: 'Add product' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Add product' }).click()
      await page.getByText('Enter a name.').waitFor()
      await pictured(page)
    },
  },
  { name: 'dead-letters-nowhere', as: 'Sam', show: at('/dead-letters') },
  { name: 'dead-letters-signed-out', as: null, show: at('/dead-letters') },
  { name: 'dead-letters-refused-to', as: 'Bob', show: at('/dead-letters') },
]

async function edit(page: Page): Promise<void> {
  await page.goto('/products')
  await page.getByRole('button', { name: 'Edit House Blend' }).click()
  await page.getByRole('dialog').waitFor()
  await settled(page)
}

/** Somebody else of the staff changes the coffee. */
async function changeBlend(server: TestServer, json: object): Promise<void> {
  const token = await server.signIn('kim', 'staff')
  const options = { method: 'PATCH', token, headers: { 'if-match': '*' }, json }
  await server.request('/api/admin/products/house-blend', options)
}
