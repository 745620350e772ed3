import type { Page } from 'playwright-core'
import type { LettersScene } from './letters-scene'
import { alertAt, at, loadingAt, silent, unreachable, type View } from './view'

const LIST = /\/api\/admin\/dead-letters(\?|$)/
const ONE = /\/api\/admin\/dead-letters\/./

/** Dead letters, also where there are none, or none can be read. */
export const LETTER_VIEWS: readonly View<LettersScene>[] = [
  { name: 'dead-letters', as: 'Sam', show: openList },
  {
    name: 'dead-letters-one',
    as: 'Sam',
    show: (page) => openLetter(page, '0@5'),
  },
  {
    name: 'dead-letters-refused',
    as: 'Sam',
    show: (page) => openLetter(page, '0@4'),
  },
  {
    name: 'dead-letters-redrive',
    as: 'Sam',
    async show(page) {
      await openList(page)
      await page.getByLabel('Select all').check()
      await page.getByRole('button', { name: 'Send back' }).click()
    },
  },
  {
    name: 'dead-letters-none',
    as: 'Sam',
    prepare: (page) =>
      page.context().route(LIST, (route) => route.fulfill({ json: { items: [], next: null } })),
    show: at('/dead-letters'),
  },
  {
    name: 'dead-letters-loading',
    as: 'Sam',
    prepare: silent(LIST),
    show: loadingAt('/dead-letters'),
  },
  {
    name: 'dead-letters-error',
    as: 'Sam',
    prepare: unreachable(LIST),
    show: alertAt('/dead-letters'),
  },
  {
    name: 'dead-letters-one-error',
    as: 'Sam',
    prepare: unreachable(ONE),
    show: alertAt('/dead-letters?letter=0%405'),
  },
]

async function openList(page: Page): Promise<void> {
  await page.goto('/dead-letters')
  await page.locator('[data-letter]').first().waitFor()
}

async function openLetter(page: Page, id: string): Promise<void> {
  await page.goto(`/dead-letters?letter=${encodeURIComponent(id)}`)
  await page.locator('[data-value]').waitFor()
}
