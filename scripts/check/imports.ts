import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { cyclesOf } from './cycles'
import { DOORS, DOOR_WHY, FOLDERS, SUPPORT, TECHNOLOGIES, TECHNOLOGY_WHY, USES } from './rules'
import { readSource } from './source'
import type { Import, Source } from './source'

/** A broken rule of rules.ts. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly what: string
  readonly why: string
}

/** Checks every source file under `root` against rules.ts. */
export async function checkImports(root: string): Promise<readonly Violation[]> {
  const sources = await readSources(root)
  const paths = new Set(sources.map((source) => source.path))
  const resolve = (from: string, specifier: string) => resolveLocal(paths, from, specifier)

  const violations = sources.flatMap((source) => [
    ...source.imports.flatMap((each) => checkImport(source, each, resolve)),
    ...checkUses(source),
  ])
  return [...violations, ...checkCycles(sources, resolve)].sort(
    (a, b) => a.path.localeCompare(b.path) || a.line - b.line,
  )
}

async function readSources(root: string): Promise<readonly Source[]> {
  const glob = new Bun.Glob('{server,ui,scripts}/**/*.{ts,tsx}')
  const paths = [...glob.scanSync({ cwd: root })].filter(
    (path) => !/(^|\/)(node_modules|dist|dist\.next)\//.test(path),
  )
  return Promise.all(
    paths.sort().map(async (path) => readSource(path, await Bun.file(join(root, path)).text())),
  )
}

type Resolve = (from: string, specifier: string) => string | null

/** The project's file that a relative import means; null for a package. */
function resolveLocal(paths: ReadonlySet<string>, from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  const target = posix.join(dirname(from), specifier.replace(/\?.*$/, ''))
  const candidates = [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`]
  return candidates.find((candidate) => paths.has(candidate)) ?? target
}

function checkImport(source: Source, each: Import, resolve: Resolve): Violation[] {
  const target = resolve(source.path, each.specifier)
  const found =
    target === null ? checkPackage(source.path, each) : checkLocal(source.path, target, each)
  return found.map((violation) => ({ path: source.path, line: each.line, ...violation }))
}

type Finding = Pick<Violation, 'what' | 'why'>

function checkPackage(path: string, { specifier }: Import): Finding[] {
  const what = `imports ${specifier}`
  const is = (name: string) => specifier === name || specifier.startsWith(`${name}/`)
  const door = DOORS.find((row) => is(row.package))
  if (door && !matches(path, door.only))
    return [{ what, why: `${DOOR_WHY}: ${door.only.join(', ')}` }]
  const folder = folderOf(path)
  return folder?.packages && !folder.packages.some(is) ? [{ what, why: folder.why }] : []
}

function checkLocal(path: string, target: string, { typeOnly }: Import): Finding[] {
  if (matches(path, SUPPORT)) return []
  const what = `imports ${target}`
  if (matches(target, SUPPORT))
    return [{ what, why: 'the product does not lean on its tests or scripts' }]

  const isOf = (file: string, suffix: string) =>
    matches(file, [`**/*.${suffix}.ts`, `**/${suffix}/**`])
  const technology = TECHNOLOGIES.find(({ suffix }) => isOf(target, suffix))
  if (technology && !isOf(path, technology.suffix) && !matches(path, technology.by))
    return [{ what, why: TECHNOLOGY_WHY }]

  const folder = folderOf(path)
  if (!folder || matches(target, [folder.files, ...folder.mayImport])) return []
  if (typeOnly && matches(target, folder.mayImportTypes ?? [])) return []
  return [{ what, why: folder.why }]
}

function checkUses({ path, uses }: Source): Violation[] {
  if (matches(path, SUPPORT)) return []
  return uses.flatMap(({ what, line }) =>
    USES.filter(
      (rule) =>
        rule.uses.includes(what) && matches(path, [rule.files]) && !matches(path, rule.only),
    ).map(({ why }) => ({ path, line, what: `uses ${what}`, why })),
  )
}

/** Types may look back within a folder, where files are parts of one thing; between folders not. */
function checkCycles(sources: readonly Source[], resolve: Resolve): Violation[] {
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier, typeOnly }) => {
        const target = resolve(path, specifier)
        const counts = target !== null && !(typeOnly && dirname(target) === dirname(path))
        return counts ? [target] : []
      }),
    ]),
  )
  return cyclesOf(graph).map((cycle) => ({
    path: cycle[0]!,
    line: 1,
    what: `imports itself: ${[...cycle, cycle[0]].join(' → ')}`,
    why: 'files that need each other are one file, or share a third',
  }))
}

function folderOf(path: string) {
  return matches(path, SUPPORT) ? undefined : FOLDERS.find((row) => matches(path, [row.files]))
}

function matches(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => new Bun.Glob(glob).match(path))
}

if (import.meta.main) {
  const root = process.argv[2] ?? join(import.meta.dir, '../..')
  if (!existsSync(join(root, 'server'))) throw new Error(`${root} has no folder server`)
  const violations = await checkImports(root)
  for (const { path, line, what, why } of violations)
    console.log(`${path}:${line}  ${what}\n    ${why}`)
  process.exit(violations.length > 0 ? 1 : 0)
}
