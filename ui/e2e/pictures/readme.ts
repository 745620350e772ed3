import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { live } from '../shop'
import { openSignedIn } from './signed-in'
import { settled, type Scene } from './view'

/** More pixels than points: text is crisp also on the screens that most people have. */
const SHARPNESS = 1.75
const QUALITY = 0.4

/** The two pictures of the README: an order as its customer sees it, and the board. */
export async function writeReadmePictures(
  browser: Browser,
  { server, seeded }: Scene,
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const shoot = async (as: 'Alice' | 'Sam', name: string, show: (page: Page) => Promise<void>) => {
    const page = await openSignedIn(browser, server, as, { deviceScaleFactor: SHARPNESS })
    await page.setViewportSize({ width: 1120, height: 660 })
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

/** A screenshot is PNG, which is three times as big: the browser itself makes the other of it. */
async function webpOf(page: Page): Promise<Buffer> {
  const png = (await page.screenshot()).toString('base64')
  const webp = await page.evaluate(
    async ({ source, quality }) => {
      const image = new Image()
      image.src = `data:image/png;base64,${source}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.naturalWidth
      canvas.height = image.naturalHeight
      canvas.getContext('2d')!.drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', quality)
    },
    { source: png, quality: QUALITY },
  )
  return Buffer.from(webp.split(',')[1]!, 'base64')
}
