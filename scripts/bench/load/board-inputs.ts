import type { CDPSession, Page } from 'playwright-core'

/** What is done to a board again and again, by the browser's own input events. */
export interface BoardInputs {
  /** Carries out the next input. */
  next(): Promise<void>
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Where things are, before anything moves. */
interface Places {
  readonly box: Point
  readonly link: Point
  readonly all: Point
  readonly one: Point
}

/** @param filters finds the buttons of all orders, and of one status */
export async function createBoardInputs(
  page: Page,
  filters: { readonly all: string; readonly one: string },
): Promise<BoardInputs> {
  const cdp = await page.context().newCDPSession(page)
  const row = '[data-row]'
  const places: Places = {
    box: await middleOf(page, `${row} input[type="checkbox"]`),
    link: await middleOf(page, `${row} [data-open-order]`),
    all: await middleOf(page, filters.all),
    one: await middleOf(page, filters.one),
  }
  const click = (point: Point) => () => clickAt(cdp, point)
  const press = (key: string) => () => page.keyboard.press(key)
  // By whole rows, so that a row is where another one was.
  const wheel = (deltaY: number) => async () => {
    await page.mouse.move(640, 600)
    await page.mouse.wheel(0, deltaY)
  }
  const typeInto = () => page.locator('[data-board-search]').focus()
  const leave = () => page.locator('[data-board-search]').evaluate((field) => field.blur())
  const steps: readonly (() => Promise<unknown>)[] = [
    press('j'),
    click(places.one),
    press('j'),
    click(places.all),
    press('k'),
    wheel(504),
    wheel(504),
    wheel(-504),
    wheel(-504),
    // Time for the page to come to rest: a click is meant for what was there at first.
    press('Escape'),
    press('j'),
    click(places.box),
    press('Escape'),
    wheel(672),
    click(places.link),
    press('Escape'),
    wheel(-672),
    press('Escape'),
    async () => {
      await typeInto()
      await page.keyboard.press('a')
    },
    press('l'),
    press('Backspace'),
    async () => {
      await page.keyboard.press('Backspace')
      await leave()
    },
    click(places.box),
    click(places.box),
  ]
  let step = 0
  return {
    async next() {
      await steps[step++ % steps.length]!()
    },
  }
}

async function middleOf(page: Page, selector: string): Promise<Point> {
  const found = page.locator(selector)
  // The third row, or the only button.
  const box = await found.nth((await found.count()) > 3 ? 2 : 0).boundingBox()
  if (!box) throw new Error(`nothing to click at: ${selector}`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Pressed and let go of at once: rows may move in between otherwise. */
async function clickAt(cdp: CDPSession, { x, y }: Point): Promise<void> {
  const button = { x, y, button: 'left', clickCount: 1 } as const
  await Promise.all([
    cdp.send('Input.dispatchMouseEvent', { ...button, type: 'mousePressed' }),
    cdp.send('Input.dispatchMouseEvent', { ...button, type: 'mouseReleased' }),
  ])
}
