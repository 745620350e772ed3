import { join } from 'node:path'

/** A group of test files that one run of `bun test` executes. */
export interface Tier {
  readonly name: string
  readonly kind: TierKind
  readonly files: readonly string[]
  readonly flags: readonly string[]
}

export const TIER_KINDS = ['unit', 'int', 'e2e'] as const
export type TierKind = (typeof TIER_KINDS)[number]

/** By the end of the file name: `x.e2e.test.ts` starts processes, `x.int.test.ts` needs services. */
export function tierOf(path: string): TierKind {
  if (/\.e2e\.test\.tsx?$/.test(path)) return 'e2e'
  return /\.int\.test\.tsx?$/.test(path) ? 'int' : 'unit'
}

/** Files in parallel, the tests within a file one after the other. */
const IN_PARALLEL = ['--parallel=2']
/** What starts processes gets the machine for itself. */
const ALONE = ['--isolate']
/** Without it Bun resolves solid-js to its server build, which does not react. */
const BROWSER = '--conditions=browser'

/** The tiers in the order in which they run, cheapest first; those without files are left out. */
export function tiersOf(files: readonly string[]): readonly Tier[] {
  const isUi = (path: string) => path.startsWith('ui/')
  const of = (kind: TierKind) => files.filter((path) => tierOf(path) === kind)
  const tiers: readonly Tier[] = [
    {
      name: 'unit',
      kind: 'unit',
      files: of('unit').filter((path) => !isUi(path)),
      flags: [...IN_PARALLEL, '--timeout=20000'],
    },
    {
      name: 'unit, UI',
      kind: 'unit',
      files: of('unit').filter(isUi),
      flags: [...IN_PARALLEL, BROWSER, '--timeout=20000'],
    },
    { name: 'int', kind: 'int', files: of('int'), flags: [...IN_PARALLEL, '--timeout=60000'] },
    {
      name: 'e2e',
      kind: 'e2e',
      files: of('e2e').filter((path) => !isUi(path)),
      flags: [...ALONE, '--timeout=120000'],
    },
    {
      name: 'e2e, UI',
      kind: 'e2e',
      files: of('e2e').filter(isUi),
      flags: [...IN_PARALLEL, '--timeout=120000'],
    },
  ]
  return tiers.filter((tier) => tier.files.length > 0)
}

/** All test files under `root`, sorted; with `patterns` those whose path contains one of them. */
export function findTestFiles(root: string, patterns: readonly string[]): string[] {
  const found = ['server', 'ui', 'scripts'].flatMap((folder) =>
    [...new Bun.Glob('**/*.test.{ts,tsx}').scanSync({ cwd: join(root, folder) })].map(
      (path) => `${folder}/${path}`,
    ),
  )
  const wanted = (path: string) =>
    patterns.length === 0 || patterns.some((pattern) => path.includes(pattern.replace(/^\.\//, '')))
  return found
    .filter((path) => !/(^|\/)(node_modules|dist|dist\.next)\//.test(path) && wanted(path))
    .sort()
}
