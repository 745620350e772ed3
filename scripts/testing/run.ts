import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { runChecks } from '../check/checks'
import { ensurePrograms } from './programs'
import { runTier } from './run-tier'
import type { Outcome } from './run-tier'
import { TIER_KINDS, findTestFiles, tiersOf } from './tiers'

const HELP = `scripts/test: runs the checks and all tests

  scripts/test                      everything: checks, then unit, int and e2e tests
  scripts/test --only unit          only this: check, unit, int or e2e; may be given more than once
  scripts/test hub ui/client        only the test files whose path contains one of the words

The last line is "N passed, N failed": checks and tests added up. The exit code is 1 when one failed.
The browser tests need Chromium, found on the PATH or named by CHROMIUM=/path.`

const ONLY = ['check', ...TIER_KINDS] as const
type Only = (typeof ONLY)[number]

interface Options {
  readonly only: ReadonlySet<Only>
  readonly patterns: readonly string[]
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  const isOnly = (value: string): value is Only => (ONLY as readonly string[]).includes(value)
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return HELP
    const named = values.only ?? []
    if (!named.every(isOnly)) return `--only takes ${ONLY.join(', ')}.`
    // File patterns speak of tests, so they leave the checks out.
    const byDefault = positionals.length > 0 ? TIER_KINDS : ONLY
    return { only: new Set<Only>(named.length > 0 ? named : byDefault), patterns: positionals }
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} (scripts/test --help)`
  }
}

const root = join(import.meta.dir, '../..')

async function runTests({ only, patterns }: Options): Promise<Outcome> {
  const files = findTestFiles(root, patterns)
  const tiers = tiersOf(files).filter((tier) => only.has(tier.kind))
  if (tiers.length === 0)
    return failure(`No test file matches: ${[...only, ...patterns].join(' ')}`)

  const outcomes: Outcome[] = []
  if (tiers.some((tier) => tier.kind === 'e2e')) {
    const built = await succeeds([process.execPath, 'scripts/build.ts', '--if-changed'])
    if (!built) outcomes.push(failure('The UI could not be built.'))
    for (const missing of await ensurePrograms()) outcomes.push(failure(missing))
  }
  for (const tier of tiers) {
    console.log(`\n── ${tier.name}: ${count(tier.files.length, 'file')}`)
    const startedAt = performance.now()
    const outcome = await runTier(root, tier)
    outcomes.push(outcome)
    for (const problem of outcome.problems) console.log(`✗ ${problem}`)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    console.log(`── ${tier.name}: ${summary(outcome)} in ${seconds} s`)
  }
  return addUp(outcomes)
}

function failure(problem: string): Outcome {
  console.log(`✗ ${problem}`)
  return { passed: 0, failed: 1, skipped: 0, problems: [problem] }
}

function addUp(outcomes: readonly Outcome[]): Outcome {
  const sum = (figure: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + figure(outcome), 0)
  return {
    passed: sum((outcome) => outcome.passed),
    failed: sum((outcome) => outcome.failed),
    skipped: sum((outcome) => outcome.skipped),
    problems: outcomes.flatMap((outcome) => outcome.problems),
  }
}

function summary(outcome: Outcome): string {
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : ''
  return `${outcome.passed} passed, ${outcome.failed} failed${skipped}`
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

async function succeeds(command: string[]): Promise<boolean> {
  const process = Bun.spawn(command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  return (await process.exited) === 0
}

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  console.log(options)
  process.exit(options === HELP ? 0 : 2)
}

// Tests that start `bun` or a package's program find them, whatever the caller's PATH is.
process.env.PATH = [
  dirname(process.execPath),
  join(root, 'node_modules/.bin'),
  process.env.PATH ?? '',
].join(delimiter)

const outcomes: Outcome[] = []
if (options.only.has('check')) {
  const results = await runChecks(root)
  outcomes.push({
    passed: results.filter((result) => result.ok).length,
    failed: results.filter((result) => !result.ok).length,
    skipped: 0,
    problems: results.filter((result) => !result.ok).map((result) => `check: ${result.name}`),
  })
}
if (TIER_KINDS.some((kind) => options.only.has(kind))) outcomes.push(await runTests(options))

const total = addUp(outcomes)
for (const problem of total.problems) console.log(`✗ ${problem}`)
if (total.skipped > 0) console.log(`${count(total.skipped, 'test')} skipped`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
