import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { live } from '../shop'
import { openSignedIn } from './signed-in'
import { settled, type Scene } from './view'

/** Twice as many pixels as points: text is crisp also on the screens that most people have. */
const SHARPNESS = 2
const QUALITY = 70

/** The two pictures of the README: an order as its customer sees it, and the board. */
export async function writeReadmePictures(
  browser: Browser,
  { server, seeded }: Scene,
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const shoot = async (as: 'Alice' | 'Sam', name: string, show: (page: Page) => Promise<void>) => {
    const page = await openSignedIn(browser, server, as)
    await page.setViewportSize({ width: 1120, height: 700 })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await show(page)
    await live(page)
    await settled(page)
    const path = join(folder, `${name}.webp`)
    await Bun.write(path, await webpOf(page))
    console.error(`${path}: ${Math.round(Bun.file(path).size / 1_000)} KB`)
    await page.context().close()
  }
  await shoot('Alice', 'order', async (page) => {
    await page.goto(`/orders/${seeded.onItsWay.orderId}`)
    await page.locator('[data-version]').first().waitFor()
  })
  await shoot('Sam', 'board', async (page) => {
    await page.goto('/board')
    await page.locator('[data-order]').first().waitFor()
  })
}

async function webpOf(page: Page): Promise<Buffer> {
  const { width, height } = page.viewportSize()!
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    clip: { x: 0, y: 0, width, height, scale: SHARPNESS },
  })
  return Buffer.from(data, 'base64')
}
