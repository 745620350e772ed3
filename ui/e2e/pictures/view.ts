import type { Page, WebSocketRoute } from 'playwright-core'
import type { TestServer } from '../../../server/testing/test-server'
import type { Shop } from '../shop'
import type { Seeded } from './seed'

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
  wide: { width: 1920, height: 1080 },
} as const
export type Size = keyof typeof SIZES

/** A shop of its own for each picture, so that none depends on one before it. */
export interface Scene {
  readonly server: TestServer
  readonly shop: Shop
  readonly seeded: Seeded
}

export interface View<Stage = Scene> {
  readonly name: string
  readonly as: 'Alice' | 'Bob' | 'Sam' | null
  /** What most people see most of the time: a whole run has it in all sizes, each in both themes. */
  readonly main?: boolean
  /** Where the shop is another one than the busy one. */
  readonly shop?: 'empty' | 'without products' | 'guarded'
  /** Before anybody signs in. */
  readonly prepare?: (page: Page, scene: Stage) => Promise<unknown>
  readonly show: (page: Page, scene: Stage) => Promise<unknown>
}

/** Resolves when the page is there, with every picture on it. (A shared connection is never idle.) */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1, includeHidden: true }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  await pictured(page)
}

/** Resolves when what is in sight has its pictures. */
export async function pictured(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images].every((picture) => {
      const { top, bottom, width } = picture.getBoundingClientRect()
      return picture.complete || width === 0 || bottom < 0 || top > window.innerHeight
    }),
  )
}

export function at(path: string) {
  return async (page: Page): Promise<void> => {
    await page.goto(path)
    await settled(page)
  }
}

/** Shows `path` until its skeletons stand there. */
export function loadingAt(path: string) {
  return async (page: Page): Promise<void> => {
    await page.goto(path)
    await page.locator('.skeleton').first().waitFor()
  }
}

/** Shows `path` until there is an alert. */
export function alertAt(path: string) {
  return async (page: Page): Promise<void> => {
    await page.goto(path)
    await page.getByRole('alert').first().waitFor()
  }
}

/** What is asked at `url` is never answered. */
export function silent(url: string | RegExp) {
  return (page: Page) => page.context().route(url, () => undefined)
}

/** What is asked at `url` is not reached. */
export function unreachable(url: string | RegExp) {
  return (page: Page) => page.context().route(url, (route) => route.abort())
}

/** The page has a socket of its own, and `between` stands between it and the server. */
export function socketThrough(between: (page: WebSocketRoute, server: WebSocketRoute) => void) {
  return async (page: Page): Promise<void> => {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
    await page.routeWebSocket(/\/ws$/, (socket) => between(socket, socket.connectToServer()))
  }
}
