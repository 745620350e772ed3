import type { Page, WebSocketRoute } from 'playwright-core'
import { CLOSE_CODES, type CloseCode } from '../../../server/protocol/close-codes'
import { live } from '../shop'
import { settled, socketThrough, type View } from './view'

/** The connection in each of its states, with all that it tells. */
export const CONNECTION_VIEWS: readonly View[] = [
  { name: 'connection-live', as: 'Alice', show: (page) => open(page, 'live') },
  {
    name: 'connection-connecting',
    as: 'Alice',
    prepare: (page) =>
      socketThrough((_, server) => {
        server.onMessage(() => undefined)
      })(page),
    show: (page) => open(page, 'connecting'),
  },
  {
    name: 'connection-catching-up',
    as: 'Alice',
    // Whoever comes back waits for the end of the replay.
    prepare: (page) =>
      socketThrough(passing((line, visit) => (visit > 1 && isCaughtUp(line) ? null : line)))(page),
    async show(page) {
      await open(page, 'live')
      await page.reload()
      await page.locator('[data-connection="catching-up"]').click()
    },
  },
  {
    name: 'connection-delayed',
    as: 'Alice',
    prepare: socketThrough(passing((line) => line.replace(/"ageMs":\d+/, '"ageMs":42000'))),
    async show(page) {
      await open(page, 'live')
      await page.locator('[data-connection]').getByText('Delayed').waitFor()
    },
  },
  {
    name: 'connection-waiting',
    as: 'Alice',
    prepare: closing(CLOSE_CODES.tooMany),
    show: (page) => open(page, 'waiting'),
  },
  {
    name: 'connection-refused',
    as: 'Alice',
    prepare: closing(CLOSE_CODES.badFrame),
    show: (page) => open(page, 'refused'),
  },
  {
    name: 'connection-offline',
    as: 'Alice',
    async show(page) {
      await page.goto('/orders')
      await live(page)
      await page.context().setOffline(true)
      await page.locator('[data-connection="offline"]').click()
    },
  },
  {
    name: 'connection-resumed',
    as: 'Alice',
    async show(page, { shop, seeded }) {
      await page.goto('/orders')
      await live(page)
      await page.goto('about:blank')
      await shop.changeStatus(seeded.newest, 'processing')
      await open(page, 'live')
    },
  },
]

async function open(page: Page, state: string): Promise<void> {
  await page.goto('/orders')
  await page.locator(`[data-connection="${state}"]`).waitFor()
  if (state !== 'connecting') await settled(page)
  await page.locator('[data-connection]').click()
}

/** Lines from the server as `pass` leaves them, which is told how many sockets there were. */
function passing(pass: (line: string, visit: number) => string | null) {
  let visits = 0
  return (page: WebSocketRoute, server: WebSocketRoute) => {
    const visit = ++visits
    server.onMessage((message) => {
      const lines = String(message).split('\n')
      const passed = lines.map((line) => pass(line, visit)).filter((line) => line !== null)
      if (passed.length > 0) page.send(passed.join('\n'))
    })
  }
}

function isCaughtUp(line: string): boolean {
  return line.includes('"event":"caught-up"')
}

/** The server ends each connection. */
function closing({ code, reason }: CloseCode) {
  return socketThrough((page, server) => {
    server.onMessage(() => void page.close({ code, reason }))
  })
}
