import type axe from 'axe-core'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

const AXE = join(import.meta.dir, '../../node_modules/axe-core/axe.min.js')
const THEMES = ['light', 'dark'] as const

/** What axe-core finds wrong with the page as it is, in both themes; a line for each rule. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    if (!(await page.evaluate(() => 'axe' in window)))
      await page.evaluate(await Bun.file(AXE).text())
    const results = await page.evaluate(() =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
      }),
    )
    for (const { id, nodes } of results.violations) {
      const where = nodes.map(
        ({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`,
      )
      found.push(`${colorScheme}, ${id}: ${where.join('; ')}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}
