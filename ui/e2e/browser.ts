import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/testing/chromium'

const ROOT = join(import.meta.dir, '../..')
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How long a test waits for what must come: generous, because only a failure waits so long. */
export const DEADLINE_MS = 15_000

/** Builds the UI into ui/dist, unless what is there is of these sources. */
export async function buildUi(): Promise<void> {
  const build = Bun.spawn([process.execPath, 'scripts/build.ts', '--if-changed'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if ((await build.exited) !== 0) throw new Error('The UI could not be built.')
}

/** @param flags further ones, for what only some tests need */
export async function openBrowser(...flags: readonly string[]): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('Expected Chromium on the PATH, or CHROMIUM set.')
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] })
}

/** A browser of somebody else: a context of its own, with storage of its own. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB' })
  context.setDefaultTimeout(DEADLINE_MS)
  return context.newPage()
}

/** Signs in on the demo page, by the name's button. */
export async function signIn(page: Page, name: 'Alice' | 'Bob' | 'Sam', to = ''): Promise<void> {
  await page.goto(to === '' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`)
  await page.getByRole('button', { name }).click()
  await signedIn(page)
}

/** The same by a name that has no button. */
export async function signInAs(
  page: Page,
  name: string,
  {
    to = '/',
    role = 'Customer',
  }: { readonly to?: string; readonly role?: 'Customer' | 'Staff' } = {},
): Promise<void> {
  await page.goto(`/sign-in?to=${encodeURIComponent(to)}`)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel(role, { exact: true }).check()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await signedIn(page)
}

/** Waits until somebody is signed in. */
export async function signedIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account: / }).waitFor()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}
