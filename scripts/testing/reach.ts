import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

const ENDINGS = ['', '.ts', '.tsx', '/index.ts']

/** Finds what runs along with a file: all files under `root` that it imports, and that those import. */
export function createReach(root: string): (path: string) => ReadonlySet<string> {
  const known = new Map<string, readonly string[]>()
  const importsOf = (path: string) => {
    const found = known.get(path) ?? readImports(root, path)
    known.set(path, found)
    return found
  }
  return (path) => {
    const reached = new Set([path])
    // A set's iteration goes on with what is added on the way.
    for (const each of reached) for (const next of importsOf(each)) reached.add(next)
    return reached
  }
}

const transpilers = {
  ts: new Bun.Transpiler({ loader: 'ts' }),
  tsx: new Bun.Transpiler({ loader: 'tsx' }),
}

/** The project's files that it imports when it runs; types are gone by then. */
function readImports(root: string, path: string): readonly string[] {
  if (!/\.tsx?$/.test(path)) return []
  const text = readFileSync(join(root, path), 'utf8')
  return transpilers[path.endsWith('x') ? 'tsx' : 'ts'].scanImports(text).flatMap((found) => {
    if (!found.path.startsWith('.')) return []
    const target = posix.join(dirname(path), found.path.replace(/\?.*$/, ''))
    const file = ENDINGS.map((ending) => target + ending).find(
      (each) => /\.\w+$/.test(each) && existsSync(join(root, each)),
    )
    return file ? [file] : []
  })
}
