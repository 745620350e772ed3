import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { openBrowser, openPage, signIn } from '../../../ui/e2e/browser'
import { texts } from '../../../ui/src/texts'
import { browserCpuMs, readMainThread } from '../lib/browser-metrics'
import type { MainThread } from '../lib/browser-metrics'
import { spawnBench, withChildren, withDataDir } from '../lib/children'
import { cpuMs, now } from '../lib/clock'
import { createBoardInputs } from '../load/board-inputs'
import { installProbe } from '../pages/probe'
import type { ProbeNotes } from '../pages/probe'
import type { BoardServerCommands, UpdateRun } from '../servers/board'
import type { SpawnOptions } from '../lib/process'

/** `own socket`: ours without the worker that tabs share; all its work is on the slowed thread. */
export type BoardKind = 'ours' | 'own socket' | 'bare'

export interface BoardOrder {
  readonly orders: number
  readonly perSecond: number
  readonly seconds: number
  /** The second part, in which nothing is done but looked when updates are painted. */
  readonly paintSeconds: number
  readonly calmPerSecond: number
  /** How many times slower the page's main thread is made. */
  readonly slowed: number
  readonly ours: SpawnOptions
}

export interface BusyRun {
  readonly notes: ProbeNotes
  readonly update: UpdateRun
  readonly thread: MainThread
  readonly browserCpuMs: number
  readonly driverCpuMs: number
}

export interface BoardRun {
  readonly busy: BusyRun
  /** From durable to painted, in milliseconds, of each change that came into sight. */
  readonly calmPaintMs: readonly number[]
  readonly busyPaintMs: readonly number[]
  /** After a garbage collection. */
  readonly heapBytes: number
}

const INPUT_EVERY_MS = 200
const SETTLE_MS = 1_500
const LOAD_DEADLINE_MS = 300_000

const PAGES = join(import.meta.dir, '../pages')

/** One board in one browser, with a server and a shop of its own. */
export function runBoard(kind: BoardKind, order: BoardOrder): Promise<BoardRun> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const server = keep(await spawnBench<BoardServerCommands>('servers/board.ts', order.ours))
      const { port } = await server.ask('start', { dataDir })
      await server.ask('fill', order.orders)
      const browser = await openBrowser()
      try {
        const page = await openPage(browser, `http://127.0.0.1:${port}`)
        await page.addInitScript(installProbe)
        await openBoard(page, kind, order.orders)
        const cdp = await page.context().newCDPSession(page)
        await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
        await cdp.send('Emulation.setCPUThrottlingRate', { rate: order.slowed })
        const update = (perSecond: number, seconds: number): Promise<UpdateRun> =>
          server.ask('update', { perSecond, seconds })

        const inputs = await createBoardInputs(page, filtersOf(kind))
        await update(order.perSecond, SETTLE_MS / 1_000)
        const busy = await measureBusy(browser, page, cdp, inputs, () =>
          update(order.perSecond, order.seconds),
        )
        await page.keyboard.press('Escape')
        await page.evaluate(() => window.scrollTo(0, 0))
        const busyPaintMs = await measurePaint(page, () =>
          update(order.perSecond, order.paintSeconds),
        )
        const calmPaintMs = await measurePaint(page, () =>
          update(order.calmPerSecond, order.paintSeconds),
        )
        await cdp.send('HeapProfiler.collectGarbage')
        const { heapBytes } = await readMainThread(cdp)
        return { busy, busyPaintMs, calmPaintMs, heapBytes }
      } finally {
        await browser.close()
      }
    }),
  )
}

function filtersOf(kind: BoardKind) {
  if (kind === 'bare') return { all: '[data-filter=""]', one: '[data-filter="processing"]' }
  return { all: 'label[data-tile="orders"]', one: 'label[data-tile="processing"]' }
}

async function openBoard(page: Page, kind: BoardKind, orders: number): Promise<void> {
  await page.setViewportSize({ width: 1_280, height: 800 })
  if (kind === 'bare') return openBareBoard(page, orders)
  if (kind === 'own socket')
    await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
  await signIn(page, 'Sam', '/board')
  await page.locator('[data-connection="live"]').waitFor()
  const header = (name: string) =>
    page.getByRole('columnheader', { name }).getByRole('button').click()
  // All of them are loaded for another order than the server's; then back to that.
  await header(texts.board.columns.total)
  await page.getByRole('button', { name: texts.board.loadAll }).click()
  const all = page.locator(`[role="table"][aria-rowcount="${orders + 1}"]`)
  await all.waitFor({ timeout: LOAD_DEADLINE_MS })
  await header(texts.board.columns.placed)
  // What is loaded when it is first needed.
  await page.locator('[data-open-order]').first().click()
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function openBareBoard(page: Page, orders: number): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(PAGES, 'bare-board.ts')],
    target: 'browser',
    format: 'iife',
    minify: true,
  })
  // In a page that the server has: one that we answered ourselves could not reach it.
  await page.goto('/health/live')
  await page.evaluate(
    (html) => void (document.documentElement.innerHTML = html),
    readFileSync(join(PAGES, 'bare-board.html'), 'utf8'),
  )
  await page.evaluate(await built.outputs[0]!.text())
  await page.locator(`[data-ready="${orders}"]`).waitFor({ timeout: LOAD_DEADLINE_MS })
}

async function measureBusy(
  browser: Browser,
  page: Page,
  cdp: CDPSession,
  inputs: { next(): Promise<void> },
  update: () => Promise<UpdateRun>,
): Promise<BusyRun> {
  await page.evaluate(() => window.benchProbe.start({ painted: false }))
  const from = {
    thread: await readMainThread(cdp),
    browser: await browserCpuMs(browser),
    driver: cpuMs(),
  }
  let over = false
  const updated = update().finally(() => (over = true))
  for (let dueAt = now() + INPUT_EVERY_MS; !over; dueAt += INPUT_EVERY_MS) {
    await Bun.sleep(Math.max(1, dueAt - now()))
    dueAt = Math.max(dueAt, now() - INPUT_EVERY_MS)
    if (!over) await inputs.next()
  }
  const run = await updated
  const thread = await readMainThread(cdp)
  const browserCpu = (await browserCpuMs(browser)) - from.browser
  const driverCpuMs = cpuMs() - from.driver
  const notes = await page.evaluate(() => window.benchProbe.stop())
  return {
    notes,
    update: run,
    thread: {
      scriptMs: thread.scriptMs - from.thread.scriptMs,
      styleAndLayoutMs: thread.styleAndLayoutMs - from.thread.styleAndLayoutMs,
      taskMs: thread.taskMs - from.thread.taskMs,
      heapBytes: thread.heapBytes,
    },
    browserCpuMs: browserCpu,
    driverCpuMs,
  }
}

/** From the moment when a change was durable to the frame that showed it, by one clock. */
async function measurePaint(
  page: Page,
  update: () => Promise<UpdateRun>,
): Promise<readonly number[]> {
  const ahead = await clockAhead(page)
  await page.evaluate(() => window.benchProbe.start({ painted: true }))
  const { changes } = await update()
  await Bun.sleep(SETTLE_MS)
  const { painted } = await page.evaluate(() => window.benchProbe.stop())
  const durableAt = new Map(changes.map((change) => [change.orderId + change.status, change.at]))
  return painted.flatMap(({ orderId, status, at }) => {
    const from = durableAt.get(orderId + status)
    return from === undefined ? [] : [at - ahead - from]
  })
}

/** How far the page's clock is ahead of ours, by the quickest of some round trips. */
async function clockAhead(page: Page): Promise<number> {
  let best = { trip: Number.POSITIVE_INFINITY, ahead: 0 }
  for (let turn = 0; turn < 20; turn++) {
    const sent = now()
    const there = await page.evaluate(() => performance.timeOrigin + performance.now())
    const trip = now() - sent
    if (trip < best.trip) best = { trip, ahead: there - (sent + trip / 2) }
  }
  return best.ahead
}
