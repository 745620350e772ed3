import { beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildUi } from './browser'

/** What a visitor downloads before the page works, gzip: beyond it something belongs in a part of its own. */
const STOREFRONT_BYTES = 65 * 1_024
const BOARD_BYTES = 130 * 1_024

const DIST = join(import.meta.dir, '../dist')
const ASSETS = join(DIST, 'assets')

beforeAll(buildUi, 60_000)

test('the storefront is small', () => {
  expect(sizeOf(loadedBy(storefront()))).toBeLessThanOrEqual(STOREFRONT_BYTES)
})

test('the board is small, with all that it needs at once', () => {
  const page = readdirSync(ASSETS).filter((name) => /^board-page-.*\.js$/.test(name))
  expect(page).toHaveLength(1)
  const loaded = loadedBy([...storefront(), ...page])
  expect(loaded.size).toBeGreaterThan(loadedBy(storefront()).size)
  expect(sizeOf(loaded)).toBeLessThanOrEqual(BOARD_BYTES)
})

/** The scripts that the page names itself. */
function storefront(): readonly string[] {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const names = [...html.matchAll(/\/assets\/([^"]+\.js)"/g)].map((match) => match[1]!)
  expect(names).not.toBeEmpty()
  return names
}

/** These scripts and all that they import, but for what they load later on. */
function loadedBy(names: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name)) continue
    loaded.add(name)
    const text = readFileSync(join(ASSETS, name), 'utf8')
    for (const [, imported] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      waiting.push(imported!)
    }
  }
  return loaded
}

function sizeOf(names: ReadonlySet<string>): number {
  return [...names]
    .map((name) => Bun.gzipSync(readFileSync(join(ASSETS, name))).byteLength)
    .reduce((sum, bytes) => sum + bytes, 0)
}
