import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a visitor downloads before the page works, gzip: beyond it something belongs in a part of its own. */
export const STOREFRONT_BYTES = 65 * 1_024
export const BOARD_BYTES = 130 * 1_024

const DIST = join(import.meta.dir, '../dist')
const ASSETS = join(DIST, 'assets')

/** Scripts of the first load of the built UI; those that come later on are in none of them. */
export interface FirstLoad {
  readonly storefront: ReadonlySet<string>
  readonly board: ReadonlySet<string>
}

export function firstLoad(): FirstLoad {
  const storefront = namedByThePage()
  const board = readdirSync(ASSETS).filter((name) => /^board-page-.*\.js$/.test(name))
  if (board.length !== 1)
    throw new Error(`Expected one script of the board, found ${board.length}.`)
  return { storefront: loadedBy(storefront), board: loadedBy([...storefront, ...board]) }
}

/** Bytes of the scripts, each compressed by itself. */
export function gzipBytes(scripts: ReadonlySet<string>): number {
  return [...scripts]
    .map((name) => Bun.gzipSync(readFileSync(join(ASSETS, name))).byteLength)
    .reduce((sum, bytes) => sum + bytes, 0)
}

function namedByThePage(): readonly string[] {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const names = [...html.matchAll(/\/assets\/([^"]+\.js)"/g)].map((match) => match[1]!)
  if (names.length === 0) throw new Error('Expected the page to name its scripts.')
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
