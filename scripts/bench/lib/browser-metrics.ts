import type { Browser, CDPSession } from 'playwright-core'

/** What the page's main thread has done so far, in milliseconds; of a slowed one, as slowed. */
export interface MainThread {
  readonly scriptMs: number
  readonly styleAndLayoutMs: number
  readonly taskMs: number
  readonly heapBytes: number
}

/** @param cdp of the page, with `Performance` enabled */
export async function readMainThread(cdp: CDPSession): Promise<MainThread> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  return {
    scriptMs: of('ScriptDuration') * 1_000,
    styleAndLayoutMs: (of('LayoutDuration') + of('RecalcStyleDuration')) * 1_000,
    taskMs: of('TaskDuration') * 1_000,
    heapBytes: of('JSHeapUsedSize'),
  }
}

/** CPU milliseconds of all the browser's processes. */
export async function browserCpuMs(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession()
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  await cdp.detach()
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) * 1_000
}
