import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildUi, openBrowser } from './browser'
import { BOARD_VIEWS } from './pictures/board-views'
import { CONNECTION_VIEWS } from './pictures/connection-views'
import { LETTER_VIEWS } from './pictures/letter-views'
import { openLettersScene } from './pictures/letters-scene'
import { ORDER_VIEWS } from './pictures/order-views'
import { PRODUCT_VIEWS } from './pictures/product-views'
import { openScene } from './pictures/open-scene'
import { writeReadmePictures } from './pictures/readme'
import { SHOP_VIEWS } from './pictures/shop-views'
import { openSignedIn } from './pictures/signed-in'
import { SIZES, type Scene, type Size, type View } from './pictures/view'

/**
 * Writes pictures of every view into `screenshots/`, for people to look at:
 * `bun ui/e2e/screenshots.ts [parts of names, as board-held-phone-dark or desktop-forced]`, without
 * any all of them.
 * With `--readme` the two of the README, into `docs/pictures/`.
 */

const ROOT = join(import.meta.dir, '../..')
const FOLDER = join(ROOT, 'screenshots')
const VIEWS = [...SHOP_VIEWS, ...ORDER_VIEWS, ...CONNECTION_VIEWS, ...BOARD_VIEWS, ...PRODUCT_VIEWS]

/** `forced`: the few colours of a system with high contrast, and no others. */
const SCHEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
} as const
type Scheme = keyof typeof SCHEMES

interface Picture<Stage> {
  readonly view: View<Stage>
  readonly size: Size
  readonly scheme: Scheme
}

/** All views in one size and theme come before the first one in another. */
function picturesOf<Stage>(views: readonly View<Stage>[]): readonly Picture<Stage>[] {
  return (Object.keys(SCHEMES) as Scheme[]).flatMap((scheme) =>
    (Object.keys(SIZES) as Size[]).flatMap((size) => views.map((view) => ({ view, size, scheme }))),
  )
}

/** Enough to look at all there is within some minutes. */
function isOfWholeRun({ view, size, scheme }: Picture<never>): boolean {
  if (scheme === 'forced') return view.main === true && size === 'desktop'
  return view.main === true || size === 'desktop' || (size === 'phone' && scheme === 'light')
}

function nameOf({ view, size, scheme }: Picture<never>): string {
  return `${view.name}-${size}-${scheme}`
}

async function take<Stage extends Pick<Scene, 'server'>>(
  browser: Browser,
  picture: Picture<Stage>,
  scene: Stage,
): Promise<void> {
  const { view, size, scheme } = picture
  const page = await openSignedIn(browser, scene.server, view.as)
  try {
    await page.setViewportSize(SIZES[size])
    await page.emulateMedia({ ...SCHEMES[scheme], reducedMotion: 'reduce' })
    await view.prepare?.(page, scene)
    await view.show(page, scene)
    await page.screenshot({ path: join(FOLDER, `${nameOf(picture)}.png`) })
  } finally {
    await page.context().close()
  }
}

async function takeAll(browser: Browser, parts: readonly string[]): Promise<number> {
  const isWanted = (picture: Picture<never>) =>
    parts.length === 0
      ? isOfWholeRun(picture)
      : parts.some((part) => nameOf(picture).includes(part))
  const pictures = picturesOf(VIEWS).filter(isWanted)
  const letters = picturesOf(LETTER_VIEWS).filter(isWanted)
  const total = pictures.length + letters.length
  let done = 0
  let failed = 0
  const attempt = async (picture: Picture<never>, work: () => Promise<void>) => {
    const label = `${++done} of ${total} ${nameOf(picture)}`
    try {
      // Once more: another build may have replaced the page's parts under it.
      await work().catch(work)
      console.error(label)
    } catch (error) {
      // Whoever ends the browser, as Ctrl-C does, wants no more of them.
      if (!browser.isConnected()) throw error
      failed++
      console.error(`${label}: ${String(error).split('\n')[0]}`)
    }
  }
  for (const picture of pictures) {
    await attempt(picture, async () => {
      await using scene = await openScene(picture.view.shop)
      await take(browser, picture, scene)
    })
  }
  if (letters.length > 0) {
    await using scene = await openLettersScene()
    for (const picture of letters) await attempt(picture, () => take(browser, picture, scene))
  }
  return failed
}

await buildUi()
const browser = await openBrowser()
const [first, ...rest] = process.argv.slice(2)
try {
  if (first === '--readme') {
    await using scene = await openScene()
    await writeReadmePictures(browser, scene, join(ROOT, 'docs/pictures'))
  } else {
    const parts = first === undefined ? [] : [first, ...rest]
    // Of a whole run nothing stays from before.
    if (parts.length === 0) rmSync(FOLDER, { recursive: true, force: true })
    mkdirSync(FOLDER, { recursive: true })
    const failed = await takeAll(browser, parts)
    if (failed > 0) throw new Error(`${failed} pictures could not be taken.`)
  }
} finally {
  await browser.close()
}
