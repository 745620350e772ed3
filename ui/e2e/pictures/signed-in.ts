import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { TestServer } from '../../../server/testing/test-server'
import { DEADLINE_MS } from '../browser'

/** A browser of its own, in which somebody signed in before. */
export async function openSignedIn(
  browser: Browser,
  server: Pick<TestServer, 'url' | 'signIn'>,
  name: 'Alice' | 'Bob' | 'Sam' | null,
  options: Pick<BrowserContextOptions, 'deviceScaleFactor'> = {},
): Promise<Page> {
  const role = name === 'Sam' ? 'staff' : 'customer'
  const localStorage = []
  if (name !== null) {
    const token = await server.signIn(name, role)
    const session = { token, subject: name.toLowerCase(), name, role, demo: true }
    localStorage.push({ name: 'orderwire:session', value: JSON.stringify(session) })
  }
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'en-GB',
    ...options,
    storageState: { cookies: [], origins: [{ origin: server.url, localStorage }] },
  })
  context.setDefaultTimeout(DEADLINE_MS)
  return context.newPage()
}
